import { createHash } from 'node:crypto'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { basename, dirname, extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

const here = dirname(fileURLToPath(import.meta.url))
const require = createRequire(import.meta.url)
const compressBrotli = promisify(brotliCompress)
const compressGzip = promisify(gzip)
const compressible = new Set(['.css', '.js', '.svg', '.txt', '.map'])

/** The same sources make the same bytes and names: nothing of the day, the folder or the machine goes in. */
function options(outdir) {
  return {
    absWorkingDir: here,
    entryPoints: { shop: 'browser/shop.ts', 'shop-styles': 'styles/shop.css' },
    outdir,
    bundle: true,
    minify: true,
    format: 'esm',
    target: ['es2022', 'chrome111', 'firefox114', 'safari16.4'],
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    loader: { '.woff2': 'file' },
    metafile: true,
    legalComments: 'none',
    logLevel: 'error',
  }
}

/** `{ 'shop.css': '/assets/shop-styles-3F….css' }`: what a page calls a file, and where it is. */
function urlsOf(metafile) {
  const urls = {}
  for (const [path, { entryPoint, inputs }] of Object.entries(metafile.outputs)) {
    const source = entryPoint ?? Object.keys(inputs)[0]
    const name = entryPoint ? `shop${extname(path)}` : basename(source)
    urls[name] = `/assets/${basename(path)}`
  }
  return urls
}

const hashOf = (bytes) =>
  createHash('sha256').update(bytes).digest('base64url').replace(/[-_]/g, '').slice(0, 8).toUpperCase()

/** Files that are taken as they are. */
async function copyStatic(outdir) {
  const urls = {}
  for (const [name, source] of [
    ['icon.svg', join(here, 'static/icon.svg')],
    // The font's licence goes where the font goes.
    ['OFL.txt', require.resolve('@fontsource-variable/literata/LICENSE')],
  ]) {
    const bytes = await readFile(source)
    const extension = extname(name)
    const hashed = `${name.slice(0, -extension.length)}-${hashOf(bytes)}${extension}`
    await writeFile(join(outdir, hashed), bytes)
    urls[name] = `/assets/${hashed}`
  }
  return urls
}

/** Smaller twins for those that accept them, made once with all effort. */
async function compress(outdir, name) {
  if (!compressible.has(extname(name))) return
  const bytes = await readFile(join(outdir, name))
  const [br, gz] = await Promise.all([
    compressBrotli(bytes, {
      params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length },
    }),
    compressGzip(bytes, { level: 9 }),
  ])
  if (br.length < bytes.length) await writeFile(join(outdir, `${name}.br`), br)
  if (gz.length < bytes.length) await writeFile(join(outdir, `${name}.gz`), gz)
}

/**
 * Makes `<outdir>/web`: `assets/` with hashed names and compressed twins, and `manifest.json` from plain name to URL.
 * Runs in plain Node.
 */
export async function buildWeb({ outdir }) {
  const esbuild = await import('esbuild')
  const web = join(outdir, 'web')
  const assets = join(web, 'assets')
  await mkdir(assets, { recursive: true })
  const { metafile } = await esbuild.build(options(assets))
  const urls = { ...urlsOf(metafile), ...(await copyStatic(assets)) }
  await Promise.all((await readdir(assets)).sort().map((name) => compress(assets, name)))
  const sorted = Object.fromEntries(Object.entries(urls).sort(([a], [b]) => (a < b ? -1 : 1)))
  await writeFile(join(web, 'manifest.json'), `${JSON.stringify(sorted, null, 2)}\n`)
}
