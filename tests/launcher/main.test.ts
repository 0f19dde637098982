import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as esbuild from 'esbuild'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { packageRoot } from '../../provisioners/engine/root.ts'

/** The real composition root over verbs that misbehave on request. */
const verbs = `
const verb = (name, run) => ({ name, summary: name, run })
const done = { status: 0, result: {} }
const step = { address: 'local.thing/a', label: 'a thing', action: 'create' }
export const verbs = [
  verb('waits', async ({ emit, clock, signal }) => {
    emit({ type: 'step-started', ...step })
    await clock.sleep(60_000, signal)
    return done
  }),
  verb('deaf', async ({ emit, clock }) => {
    emit({ type: 'note', level: 'info', message: 'deaf' })
    await clock.sleep(60_000)
    return done
  }),
  verb('large', async () => ({ ...done, text: 'x'.repeat(2_000_000) })),
  verb('floods', async ({ write, clock, signal }) => {
    for (;;) {
      write('line\\n'.repeat(1_000))
      await clock.sleep(1, signal)
    }
  }),
]`

let folder: string
let main: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'main-'))
  main = join(folder, 'main.mjs')
  const replaced: esbuild.Plugin = {
    name: 'verbs',
    setup({ onLoad }) {
      onLoad({ filter: /cli\/commands\/index\.ts$/ }, () => ({ contents: verbs, loader: 'js' }))
    },
  }
  await esbuild.build({
    entryPoints: [join(packageRoot(), 'cli/main.ts')],
    bundle: true,
    platform: 'node',
    format: 'esm',
    splitting: true,
    outdir: folder,
    outExtension: { '.js': '.mjs' },
    banner: { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url)" },
    plugins: [replaced],
    logLevel: 'error',
  })
})
afterAll(() => rm(folder, { recursive: true, force: true }))

interface Ended {
  status: number | null
  out: string
  err: string
}

function start(args: readonly string[]): {
  child: ChildProcess
  said: (text: string) => Promise<void>
  ended: Promise<Ended>
} {
  const child = spawn(process.execPath, [main, ...args], { env: { ...process.env, LANG: 'C.UTF-8' } })
  const texts = { out: '', err: '' }
  child.stdout.on('data', (chunk) => {
    texts.out += chunk
  })
  child.stderr.on('data', (chunk) => {
    texts.err += chunk
  })
  const ended = new Promise<Ended>((resolve) => child.on('close', (status) => resolve({ status, ...texts })))
  const said = (text: string) => expect.poll(() => texts.out + texts.err, { timeout: 5_000 }).toContain(text)
  return { child, said: async (text) => void (await said(text)), ended }
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)('%s ends the run between two steps with 130', async (signal) => {
  const { child, said, ended } = start(['waits', '--json'])
  await said('step-started')
  child.kill(signal)
  const { status, out, err } = await ended
  expect([status, err]).toEqual([130, ''])
  expect(JSON.parse(out.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({
    type: 'result',
    ok: false,
    exit: 130,
    error: { code: 'interrupted' },
  })
})

test('a second signal ends it at once, whatever the verb does', async () => {
  const { child, said, ended } = start(['deaf'])
  await said('deaf')
  child.kill('SIGINT')
  await new Promise((resolve) => setTimeout(resolve, 50))
  const before = Date.now()
  child.kill('SIGINT')
  expect((await ended).status).toBe(130)
  expect(Date.now() - before).toBeLessThan(1_000)
})

test('all of a large output arrives', async () => {
  const { status, out } = await start(['large']).ended
  expect([status, out.length]).toEqual([0, 2_000_001])
})

test('a reader that has seen enough ends the run in silence', async () => {
  const shell = spawn('bash', ['-c', `"$0" "$1" floods | head -1; echo "$\{PIPESTATUS[0]}"`, process.execPath, main])
  let out = ''
  let err = ''
  shell.stdout.on('data', (chunk) => {
    out += chunk
  })
  shell.stderr.on('data', (chunk) => {
    err += chunk
  })
  await new Promise((resolve) => shell.on('close', resolve))
  expect([out, err]).toEqual(['line\n0\n', ''])
})

/** script(1), of Debian's essential packages, gives a program a terminal and types what it reads. */
test.skipIf(process.platform !== 'linux')('on a terminal an interrupted tree leaves the cursor visible', async () => {
  const command = `'${process.execPath}' '${main}' waits`
  const env = { ...process.env, TERM: 'xterm', LANG: 'C.UTF-8' }
  const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], { env })
  let out = ''
  child.stdout.on('data', (chunk) => {
    if (!out.includes('a thing') && String(chunk).includes('a thing')) child.stdin.write('\x03')
    out += chunk
  })
  const status = await new Promise((resolve) => child.on('close', resolve))
  expect(status).toBe(130)
  expect(out).toContain('Interrupted. What is done stays.')
  expect(out.lastIndexOf('\x1b[?25h')).toBeGreaterThan(out.lastIndexOf('\x1b[?25l'))
})
