import { build } from 'esbuild'

/** A program of the tests as one file at `outfile`, as programs run on a machine: what a kill meets is then all of it. */
export async function bundle(source: string, outfile: string): Promise<void> {
  const banner = "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url)"
  await build({
    entryPoints: [source],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'esm',
    mainFields: ['module', 'main'],
    banner: { js: banner },
    logLevel: 'error',
  })
}
