import { execFileSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { quoteArgv } from './quote.ts'

it('leaves plain words alone', () => {
  expect(quoteArgv(['systemctl', 'show', '--property=Id', '/a-b/c.d'])).toBe('systemctl show --property=Id /a-b/c.d')
})

it('brings every word through a shell unchanged', () => {
  const word = fc.string({ unit: 'binary', maxLength: 20 }).filter((text) => !text.includes('\0'))
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 4 }), (words) => {
      const said = execFileSync('/bin/sh', ['-c', `printf '%s\\0' ${quoteArgv(words)}`])
      expect(said.toString().split('\0').slice(0, -1)).toEqual(words.map((each) => Buffer.from(each).toString()))
    }),
    { numRuns: 50 },
  )
})
