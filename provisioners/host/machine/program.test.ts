import { expect, it, vi } from 'vitest'
import { startOf } from '../../local/os-process.ts'
import { lastLines, runProgram } from './program.ts'

const node = process.execPath
const script = (text: string) => [node, '-e', text] as const

it('gives what a program says, and takes what it is told', async () => {
  const echo = script('process.stdin.pipe(process.stdout); console.error("so")')
  expect(await runProgram(echo, { input: 'hello' })).toEqual({ code: 0, stdout: 'hello', stderr: 'so\n' })
})

it('starts it with an environment that is the same everywhere', async () => {
  const { stdout } = await runProgram(script('console.log(JSON.stringify(process.env))'), { env: { EXTRA: '1' } })
  expect(JSON.parse(stdout)).toMatchObject({ LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive', EXTRA: '1' })
  expect(JSON.parse(stdout)).not.toHaveProperty('USER')
})

it('takes a code for an answer when it is told to, and tells the last lines otherwise', async () => {
  const failing = script('console.error("first\\nsecond\\nthird\\nfourth"); process.exitCode = 3')
  expect(await runProgram(failing, { accept: [0, 3] })).toMatchObject({ code: 3 })
  await expect(runProgram(failing)).rejects.toMatchObject({
    code: 'program-failed',
    message: expect.stringMatching(/ended with 3\. second\nthird\nfourth$/),
  })
})

it('says that a program is missing', async () => {
  await expect(runProgram(['no-such-program'])).rejects.toMatchObject({ code: 'program-missing' })
})

it('ends what is too slow, with its children', async () => {
  const parent = script(`
    const child = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
    console.log(child.pid)
    setInterval(() => {}, 1000)
  `)
  const error = await runProgram(parent, { timeoutMs: 1_500 }).catch((thrown) => thrown)
  expect(error).toMatchObject({ code: 'program-slow' })
  const child = Number(/(\d+)$/.exec(error.message)?.[1])
  await vi.waitUntil(() => startOf(child) === undefined, { timeout: 10_000 })
}, 20_000)

it('ends with the reason of its signal', async () => {
  const stop = new AbortController()
  const waiting = runProgram(script('setInterval(() => {}, 1000)'), { signal: stop.signal })
  stop.abort(new Error('enough'))
  await expect(waiting).rejects.toThrow('enough')
})

it('does not wait for a daemon that keeps its pipes', async () => {
  const leaving = script(`
    const options = { detached: true, stdio: 'inherit' }
    const daemon = require('node:child_process').spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], options)
    console.log(daemon.pid)
    daemon.unref()
  `)
  const daemon = Number((await runProgram(leaving)).stdout)
  expect(startOf(daemon)).toBeDefined()
  process.kill(daemon)
}, 20_000)

it('repeats only lines that say something', () => {
  expect(lastLines('one\n\n  two  \nthree\n\n', 2)).toBe('two\nthree')
})
