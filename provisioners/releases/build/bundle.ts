import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { BookstoreError } from '../../engine/errors.ts'
import { packageRoot } from '../../engine/root.ts'

/**
 * Bundles processes, agent, pages and data from the sources as they are now: what `npm run build` once wrote may be
 * older than a file that was edited since.
 *
 * @throws BookstoreError 'build-failed' with the first thing that is wrong.
 */
export async function bundleShop(outdir: string): Promise<void> {
  // Not part of any bundle: it is what makes them.
  const script = pathToFileURL(join(packageRoot(), 'bin/build.mjs')).href
  try {
    const { buildShop } = (await import(script)) as typeof import('../../../bin/build.mjs')
    await buildShop({ outdir, logLevel: 'silent' })
  } catch (cause) {
    const { errors, message } = cause as { errors?: readonly Mistake[]; message?: string }
    const [first] = errors ?? []
    throw new BookstoreError(`The shop could not be bundled: ${first ? describe(first) : message}`, {
      code: 'build-failed',
      fault: 'user',
      hint: 'Mend it, then run the same command again. To see all that is wrong: npm run check',
      cause,
    })
  }
}

/** As esbuild reports it. */
interface Mistake {
  text: string
  location?: { file: string; line: number } | null
}

function describe({ text, location }: Mistake): string {
  return location ? `${location.file}:${location.line}: ${text}` : text
}
