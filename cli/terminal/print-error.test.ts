import { expect, test } from 'vitest'
import { BookstoreError } from '../../provisioners/engine/errors.ts'
import { interrupted } from '../../provisioners/engine/interrupted.ts'
import { Secret } from '../../provisioners/engine/secret.ts'
import { FakeTerminal } from '../testing/fake-terminal.ts'
import { errorData, printError } from './print-error.ts'

const cause = new Error('inner', { cause: 'a text' })
const error = new BookstoreError('Port 8443 is taken.\nThree steps are done and stay.', {
  code: 'port-taken',
  fault: 'user',
  hint: 'Stop process 4711, or set local.httpsPort in bookstore.yaml to another port and run it again.',
  cause,
  details: { secret: new Secret('sentinel') },
})

function printed(it: BookstoreError, verbose: boolean): string {
  const terminal = new FakeTerminal()
  printError(it, terminal, verbose)
  expect(terminal.stdout).toBe('')
  return terminal.stderr
}

test('says what happened, then what to do, in 80 columns', () => {
  expect(printed(error, false)).toBe(`
  ✖ Port 8443 is taken.
    Three steps are done and stay.
    Stop process 4711, or set local.httpsPort in bookstore.yaml to another port
    and run it again.

`)
})

test('shows the stack and the chain of causes with -v', () => {
  const text = printed(error, true)
  expect(text).toContain('BookstoreError: Port 8443 is taken.')
  expect(text).toContain('[port-taken, fault: user]')
  expect(text).toContain('caused by: Error: inner')
  expect(text).toContain('caused by: a text')
})

test('a chain of causes that bites its tail ends', () => {
  const round = new Error('round')
  round.cause = round
  expect(printed(new BookstoreError('x', { code: 'x', fault: 'bug', cause: round }), true)).toContain(
    'caused by: Error: round',
  )
})

test('an interruption is no failure', () => {
  expect(printed(interrupted(), true)).toBe(
    '\n  ▲ Interrupted. What is done stays.\n    Run the same command again to go on.\n\n',
  )
})

test('as data it has no stack and no secret', () => {
  const text = JSON.stringify(errorData(error))
  expect(JSON.parse(text)).toEqual({
    code: 'port-taken',
    message: error.message,
    hint: error.hint,
    fault: 'user',
    details: { secret: '••••••' },
  })
  expect(text).not.toContain('sentinel')
})
