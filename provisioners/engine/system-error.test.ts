import { expect, test } from 'vitest'
import { BookstoreError, exit } from './errors.ts'
import { interrupted, isInterruption, reasonOf } from './interrupted.ts'
import { describeSystemError } from './system-error.ts'

const system = (code: string, path?: string) => Object.assign(new Error(`${code}: whatever`), { code, path })

test.each([
  ['ENOSPC', 'disk-full', 'the disk is full'],
  ['EDQUOT', 'disk-full', 'quota'],
  ['EACCES', 'not-permitted', 'no permission'],
  ['EPERM', 'not-permitted', 'no permission'],
  ['EROFS', 'read-only', 'read-only'],
  ['EMFILE', 'too-many-files', 'too many files'],
  ['ENOENT', 'not-found', 'no such file'],
  ['ENOTDIR', 'not-a-folder', 'a file where'],
  ['EADDRINUSE', 'port-taken', 'another program'],
])('%s becomes %s', (code, ours, why) => {
  const cause = system(code, '/srv/data')
  const error = describeSystemError(cause, 'writing the covers')
  expect(error).toMatchObject({ code: ours, fault: 'user', cause, details: { systemCode: code, path: '/srv/data' } })
  expect(error.message).toMatch(new RegExp(`^Writing the covers failed: .*${why}`))
  expect(error.message).toContain('(/srv/data)')
  expect(error.hint).toBeTruthy()
})

test('a path that was said already is not said twice', () => {
  expect(describeSystemError(system('ENOSPC', '/a/b'), 'writing /a/b').message).toBe(
    'Writing /a/b failed: the disk is full.',
  )
})

test('our own error comes back as it is', () => {
  const error = interrupted()
  expect(describeSystemError(error, 'whatever')).toBe(error)
})

test.each([
  [new Error('boom'), 'boom'],
  [new TypeError(), 'TypeError'],
  ['text', 'text'],
  [undefined, 'without saying why'],
])('what is unknown is a defect of ours: %s', (cause, text) => {
  const error = describeSystemError(cause, 'asking')
  expect(error).toMatchObject({ code: 'unexpected', fault: 'bug', status: exit.failed, cause })
  expect(error.message).toContain(text)
})

test('an interruption is known through what wraps it', () => {
  const wrapped = new Error('outer', { cause: new Error('inner', { cause: interrupted() }) })
  expect(isInterruption(wrapped)).toBe(true)
  expect(isInterruption(new BookstoreError('no', { code: 'other', fault: 'user' }))).toBe(false)
  expect(isInterruption('text')).toBe(false)
})

test('an abort without a reason of ours counts as an interruption', () => {
  const ours = new AbortController()
  const reason = new BookstoreError('closed', { code: 'output-closed', fault: 'user' })
  ours.abort(reason)
  expect(reasonOf(ours.signal)).toBe(reason)
  expect(reasonOf(AbortSignal.abort())).toMatchObject({ code: 'interrupted', status: 130 })
})
