import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const rooms = ['bin', 'cli', 'provisioners', 'templates', 'services', 'web', 'docs'].filter((it) =>
  existsSync(join(root, it)),
)
const fewestModules = 50

/** What must hold before a change is shared. `judge` may read a verdict out of what the program printed. */
const checks = [
  { name: 'types', argv: ['tsc', '-p', '.'] },
  { name: 'lint and format', argv: ['biome', 'check', '--error-on-warnings', '.'] },
  {
    name: 'arrows',
    argv: [
      'node',
      '--require',
      './bin/swc-tsx.cjs',
      'node_modules/.bin/depcruise',
      '--config',
      '.dependency-cruiser.cjs',
      '--output-type',
      'json',
      ...rooms,
    ],
    judge: arrows,
  },
  { name: 'dead code', argv: ['knip', '--no-progress'] },
  { name: 'reference', argv: ['tsx', 'docs/generate-reference.ts', '--check'] },
]

/** A cruise that saw nothing finds no violation either: TypeScript 7 has no compiler API, and a missing parser is silent. */
function arrows({ stdout, stderr, code }) {
  const summary = parse(stdout)?.summary
  if (!summary) return { ok: false, output: stdout + stderr || `ended with ${code}` }
  const { totalCruised, violations } = summary
  if (totalCruised < fewestModules) {
    return {
      ok: false,
      output: `only ${totalCruised} modules were seen, of ${fewestModules} at least: is @swc/core installed?`,
    }
  }
  const lines = violations.map(
    ({ rule, from, to, cycle }) => `${rule.name}: ${from} -> ${cycle ? cycle.map((it) => it.name).join(' -> ') : to}`,
  )
  return { ok: lines.length === 0, output: lines.join('\n'), note: `${totalCruised} modules` }
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function run([program, ...args]) {
  return new Promise((resolve) => {
    const child = spawn(program === 'node' ? process.execPath : join(root, 'node_modules/.bin', program), args, {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const output = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr']) {
      child[stream].setEncoding('utf8').on('data', (text) => {
        output[stream] += text
      })
    }
    child.on('error', (error) => resolve({ ...output, stderr: error.message, code: 1 }))
    child.on('close', (code) => resolve({ ...output, code }))
  })
}

async function perform({ name, argv, judge }) {
  const started = Date.now()
  const ended = await run(argv)
  const verdict = judge?.(ended) ?? { ok: ended.code === 0, output: (ended.stdout + ended.stderr).trim() }
  const seconds = `${((Date.now() - started) / 1000).toFixed(1)} s`
  process.stdout.write(
    `${verdict.ok ? '✔' : '✖'} ${name.padEnd(18)}${(verdict.note ?? '').padEnd(16)}${seconds.padStart(8)}\n`,
  )
  if (!verdict.ok) process.stdout.write(`${verdict.output.replaceAll(/^/gm, '    ')}\n`)
  return verdict.ok
}

/** Two at a time: each of them keeps a processor busy. */
async function main() {
  const waiting = [...checks]
  const results = []
  const worker = async () => {
    for (let check = waiting.shift(); check; check = waiting.shift()) results.push(await perform(check))
  }
  await Promise.all([worker(), worker()])
  const failed = results.filter((ok) => !ok).length
  process.stdout.write(failed === 0 ? 'all checks hold\n' : `${failed} of ${results.length} checks do not hold\n`)
  process.exitCode = failed === 0 ? 0 : 1
}

await main()
