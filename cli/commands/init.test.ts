import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { loadSite } from '../config/load.ts'
import { fakeInvocation } from '../testing/fake-invocation.ts'
import type { Invocation } from '../verb.ts'
import { init } from './init.ts'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'init-'))
})
afterEach(() => rm(cwd, { recursive: true }))

const run = (options: object = {}, rest: Partial<Invocation> = {}) =>
  init.run?.(fakeInvocation({ cwd, ...rest, options: options as Invocation['options'] })) ?? Promise.reject()
const text = (name = 'bookstore.yaml') => readFile(join(cwd, name), 'utf8')
const site = () => loadSite({}, { cwd, home: undefined, emit: () => {} })

test('writes a configuration that loads, from what was given', async () => {
  const outcome = await run({ name: ' La Buena ' }, { args: ['proyecto2.online'] })
  expect(outcome).toMatchObject({ status: 0, result: { domain: 'proyecto2.online', name: 'La Buena' } })
  expect(outcome.next).toEqual(['bookstore plan', 'bookstore up'])
  expect(await site()).toMatchObject({ name: 'proyecto2-online', shop: { name: 'La Buena' } })
})

test('asks on a terminal, and only for what was not given', async () => {
  const asked: string[] = []
  const ask: Invocation['ask'] = async ({ message, initial, check }) => {
    asked.push(message)
    expect(check(initial)).toBeUndefined()
    expect(check('a b\u0000')).toBeTypeOf('string')
    return 'mi.localhost'
  }
  await run({ name: 'Mía' }, { interactive: true, ask })
  expect(asked).toEqual(['Which domain is the shop for?'])
  expect((await site()).domain).toBe('mi.localhost')
})

test('without a terminal the defaults hold', async () => {
  await run()
  expect((await site()).domain).toBe('bookstore.localhost')
})

test.each([{ force: true }, { yes: true }])('overwrites with %o only', async (options) => {
  await writeFile(join(cwd, 'bookstore.yaml'), 'name: mine\n')
  await expect(run()).rejects.toMatchObject({
    code: 'file-exists',
    status: 1,
    hint: expect.stringContaining('--force'),
  })
  expect(await text()).toBe('name: mine\n')
  await run(options)
  expect(await text()).not.toBe('name: mine\n')
})

test('--config names the file, also in what to do next', async () => {
  const outcome = await run({ config: 'other.yaml' })
  expect(await text('other.yaml')).toContain('domain:')
  expect(outcome.next).toEqual(['bookstore plan --config other.yaml', 'bookstore up --config other.yaml'])
})

test.each([
  [{}, ['not a domain']],
  [{ name: '' }, []],
  [{ name: 'x'.repeat(61) }, []],
])('a wrong %o %o is wrong usage, and nothing is written', async (options, args) => {
  await expect(run(options, { args })).rejects.toMatchObject({ code: 'invalid-argument', status: 64 })
  await expect(text()).rejects.toMatchObject({ code: 'ENOENT' })
})

test('a folder that is not there is a clear error', async () => {
  await expect(run({ config: 'no/such/folder.yaml' })).rejects.toMatchObject({ code: 'not-found', fault: 'user' })
})
