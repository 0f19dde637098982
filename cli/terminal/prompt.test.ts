import { expect, test } from 'vitest'
import { FakeTerminal } from '../testing/fake-terminal.ts'
import { confirm } from './prompt.ts'
import type { Renderer } from './renderer.ts'

class Recorder implements Renderer {
  readonly calls: string[] = []
  emit(): void {}
  pause = () => void this.calls.push('pause')
  resume = () => void this.calls.push('resume')
  close(): void {}
}

/** Asks, and types these keys once the question stands. */
async function answering(keys: string, options: { yes?: boolean; interactive?: boolean } = {}) {
  const terminal = new FakeTerminal({ live: true, interactive: true })
  const renderer = new Recorder()
  const { yes = false, interactive = true } = options
  terminal.output.once('data', () => setTimeout(() => terminal.input.write(keys), 20))
  const asking = confirm('Remove all data?', {
    yes,
    interactive,
    terminal,
    renderer,
    signal: new AbortController().signal,
  })
  const error = await asking.then(
    () => undefined,
    (it: unknown) => it,
  )
  return { error, calls: renderer.calls, asked: terminal.output.read() !== null }
}

test('a yes goes on, with the progress out of the way meanwhile', async () => {
  expect(await answering('y')).toMatchObject({ error: undefined, calls: ['pause', 'resume'] })
})

test.each([['n'], ['\r'], ['\x03']])('%j declines', async (keys) => {
  expect((await answering(keys)).error).toMatchObject({ code: 'declined', status: 1 })
})

test('--yes asks nothing', async () => {
  expect(await answering('', { yes: true, interactive: false })).toEqual({ error: undefined, calls: [], asked: false })
})

test('where nobody can answer the way on is named', async () => {
  const { error, asked } = await answering('', { interactive: false })
  expect(error).toMatchObject({ code: 'confirmation-needed', hint: expect.stringContaining('--yes') })
  expect(asked).toBe(false)
})
