import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import stamp from './stamp.cjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))

/** Bundled CommonJS packages call `require` and `__dirname`, which ES modules lack. */
const banner = [
  "import { createRequire as __createRequire } from 'node:module'",
  "import { dirname as __dirnameOf } from 'node:path'",
  "import { fileURLToPath as __pathOf } from 'node:url'",
  'const require = __createRequire(import.meta.url)',
  'const __filename = __pathOf(import.meta.url)',
  'const __dirname = __dirnameOf(__filename)',
].join('\n')

const shared = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'esm',
  mainFields: ['module', 'main'],
  external: ['@node-rs/argon2', 'sharp', '*.node', 'cpu-features', 'pg-native'],
  // Where node_modules really lies must not change a byte: paths are named in what is written.
  preserveSymlinks: true,
  outExtension: { '.js': '.mjs' },
  banner: { js: banner },
  legalComments: 'none',
  // What is built must not depend on a file that only the type checker needs.
  tsconfigRaw: '{}',
  logLevel: 'error',
  jsx: 'automatic',
  jsxImportSource: 'preact',
  absWorkingDir: root,
}

/**
 * Commander loads child_process for verbs that are programs of their own, which we have none of. Leaving it out makes
 * every start some 5 ms faster.
 */
const commanderAlone = {
  name: 'commander-alone',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^node:child_process$/ }, ({ importer }) =>
      importer.includes('/commander/') ? { path: 'nothing', namespace: 'commander-alone' } : undefined,
    )
    onLoad({ filter: /.*/, namespace: 'commander-alone' }, () => ({ contents: 'module.exports = {}', loader: 'js' }))
  },
}

/** As index.js of undici puts it together. */
const undiciPool = `
  import api from 'undici/lib/api/index.js'
  import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
  Object.assign(Dispatcher.prototype, api)
  export { default as Pool } from 'undici/lib/dispatcher/pool.js'`

/**
 * What a process would load and never use: of undici all but the pool (fetch, WebSocket, caches: 7 MB of memory in each
 * of six processes), of zod its words in fifty languages. An import of more of undici fails the build.
 */
const lean = {
  name: 'lean',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace: 'lean' }))
    onResolve({ filter: /\/locales\/index\.js$/ }, ({ importer }) =>
      importer.includes('/zod/') ? { path: 'locales', namespace: 'lean' } : undefined,
    )
    const contents = { undici: undiciPool, locales: 'export {}' }
    onLoad({ filter: /.*/, namespace: 'lean' }, ({ path }) => ({ contents: contents[path], resolveDir: root }))
  },
}

/** The command line is split, so that a verb loads only what it uses. */
function cliOptions(outdir) {
  return {
    ...shared,
    entryPoints: { main: 'cli/main.ts' },
    outdir: join(outdir, 'cli'),
    splitting: true,
    chunkNames: '[name]-[hash]',
    minifySyntax: true,
    minifyWhitespace: true,
    plugins: [commanderAlone],
  }
}

/**
 * A process is an entry, and what processes have in common is in chunks beside them, so that all of them together are
 * little more to send to a machine than one. Names stay and lines are short, so that a stack trace is readable as it is;
 * comments go: one sign in them that is not Latin makes V8 keep the whole text with two bytes a sign, in every process.
 */
function processOptions(entryPoints, outdir) {
  const chunks = { splitting: true, chunkNames: 'services/[name]-[hash]' }
  return { ...shared, ...terse, ...chunks, entryPoints, outdir, plugins: [lean] }
}

const terse = { minifySyntax: true, minifyWhitespace: true, lineLimit: 160 }

/** A program that stands alone in one file. */
function programOptions(entryPoints, outdir) {
  return { ...shared, ...terse, entryPoints, outdir }
}

/** `{ 'services/catalog': 'services/catalog/main.ts' }` for all processes that exist. */
async function processEntries() {
  const names = (await folders('services')).filter((it) => it !== 'kit')
  const services = names.map((name) => [`services/${name}`, join('services', name, 'main.ts')])
  return present([...services, ['services/web', 'web/main.ts']])
}

function present(entries) {
  return Object.fromEntries(entries.filter(([, main]) => existsSync(join(root, main))))
}

async function folders(of) {
  const entries = await readdir(join(root, of), { withFileTypes: true }).catch(() => [])
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort()
}

async function copyAll(from, to, extension) {
  const names = await readdir(join(root, from)).catch(() => [])
  const wanted = names.filter((name) => name.endsWith(extension)).sort()
  if (wanted.length === 0) return
  await mkdir(to, { recursive: true })
  await allEnded(wanted.map((name) => copyFile(join(root, from, name), join(to, name))))
}

async function copyData(outdir) {
  const services = await folders('services')
  await allEnded([
    ...services.map((name) => copyAll(`services/${name}/migrations`, join(outdir, 'migrations', name), '.sql')),
    copyAll('services/catalog/seed', join(outdir, 'seed'), '.json'),
  ])
}

async function buildBrowserAssets(outdir) {
  const script = join(root, 'web/build.mjs')
  if (!existsSync(script)) return
  const { buildWeb } = await import(pathToFileURL(script).href)
  await buildWeb({ outdir })
}

/** What a machine gets: the processes, the agent, migrations, seed and web assets. The same sources make the same bytes. */
export async function buildShop({ outdir, logLevel = 'error' }) {
  const processes = await processEntries()
  const agent = present([['host', 'provisioners/host/agent.ts']])
  await allEnded([
    compile({ ...processOptions(processes, outdir), logLevel }),
    compile({ ...programOptions(agent, outdir), logLevel }),
    copyData(outdir),
    buildBrowserAssets(outdir),
  ])
}

/** Like Promise.all, but nothing still writes into a folder that the caller removes after a failure. */
async function allEnded(works) {
  const failed = (await Promise.allSettled(works)).find(({ status }) => status === 'rejected')
  if (failed) throw failed.reason
}

async function compile(options) {
  if (Object.keys(options.entryPoints).length === 0) return
  const esbuild = await import('esbuild')
  await esbuild.build(options)
}

async function bundle(outdir) {
  const supervisor = present([['supervisor', 'provisioners/local/supervisor/main.ts']])
  await allEnded([compile(cliOptions(outdir)), compile(programOptions(supervisor, outdir)), buildShop({ outdir })])
  await writeHelp(outdir)
}

/** The launcher prints this by itself: for a screen of text nobody should wait for the command line to load. */
async function writeHelp(outdir) {
  const main = join(outdir, 'cli/main.mjs')
  const { stdout } = await promisify(execFile)(process.execPath, [main, '--help'], { timeout: 20_000 })
  await writeFile(join(outdir, 'help.txt'), stdout)
}

/** Replaces `dist` as a whole. Two builders may do this at once; the last one stays. */
async function moveIntoPlace(fresh, dist) {
  const old = `${fresh}.old`
  for (let attempt = 0; ; attempt++) {
    await rename(dist, old).catch(ignoreAbsence)
    try {
      await rename(fresh, dist)
      break
    } catch (error) {
      if (attempt === 20 || !['ENOTEMPTY', 'EEXIST'].includes(error.code)) throw error
      await rm(old, { recursive: true, force: true })
    }
  }
  await rm(old, { recursive: true, force: true })
}

function ignoreAbsence(error) {
  if (error.code !== 'ENOENT') throw error
}

/** Folders of builds that were killed. */
async function removeLeftovers() {
  for (const name of await readdir(root)) {
    const pid = /^dist\.(\d+)(\.old)?$/.exec(name)?.[1]
    if (pid && !isRunning(Number(pid))) await rm(join(root, name), { recursive: true, force: true })
  }
}

function isRunning(pid) {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error.code === 'EPERM'
  }
}

/**
 * Builds everything into `dist/`, all or nothing. With `unlessFresh`, a build that another process finished
 * in the meantime is kept, so that nobody loses the files that it has begun to run.
 */
export async function build({ unlessFresh = false } = {}) {
  const dist = join(root, 'dist')
  const fresh = join(root, `dist.${process.pid}`)
  const wanted = stamp.head(root)
  await removeLeftovers()
  try {
    await mkdir(fresh)
    await bundle(fresh)
    await writeFile(join(fresh, 'stamp.json'), `${JSON.stringify({ head: wanted ?? null })}\n`)
    if (!(unlessFresh && stamp.isFresh(root))) await moveIntoPlace(fresh, dist)
  } finally {
    await rm(fresh, { recursive: true, force: true })
  }
}

if (process.argv[1] && basename(process.argv[1]) === 'build.mjs' && import.meta.url.endsWith('/bin/build.mjs')) {
  const started = Date.now()
  await build()
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  process.stderr.write(`built bookstore ${version} in ${((Date.now() - started) / 1000).toFixed(1)} s\n`)
}
