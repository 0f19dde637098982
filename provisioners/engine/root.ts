import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * The folder that holds `package.json` and `dist/`: the same whether this runs from a bundle
 * (`dist/cli/main.mjs`, `dist/supervisor.mjs`) or from the sources under test.
 */
export function packageRoot(from: string = import.meta.url): string {
  let folder = dirname(fileURLToPath(from))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    if (parent === folder) throw new Error(`no package.json above ${fileURLToPath(from)}`)
    folder = parent
  }
  return folder
}

/** What `npm run build` wrote: bundles, migrations, seed, web assets. */
export function distFolder(): string {
  return join(packageRoot(), 'dist')
}
