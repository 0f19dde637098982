import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import type { Problem } from './problem.ts'
import { readQuery, validate } from './validate.ts'

const schema = z.strictObject({
  title: z.string().min(1),
  lines: z.array(z.strictObject({ quantity: z.number().int() })).optional(),
})

function problemOf(work: () => unknown): Problem {
  try {
    work()
  } catch (error) {
    return error as Problem
  }
  throw new Error('nothing was thrown')
}

describe('validate', () => {
  it('gives back what the schema lets through', () => {
    expect(validate(schema, { title: 'Niebla' }, 'body')).toEqual({ title: 'Niebla' })
  })

  it('names every field at fault, unknown ones too', () => {
    const problem = problemOf(() => validate(schema, { lines: [{ quantity: 'two' }], extra: 1 }, 'body'))
    expect(problem).toMatchObject({ status: 422, code: 'invalid-body' })
    expect(problem.errors?.map(({ field }) => field).sort()).toEqual(['extra', 'lines.0.quantity', 'title'])
  })

  it.each([
    ['a NUL', { title: 'a\0b' }],
    ['a lone surrogate', { title: '\ud800' }],
    ['a NUL in a key', { title: 'x', 'a\0': 1 }],
    ['twenty thousand levels', JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)],
  ])('refuses %s: PostgreSQL could not store it, or nobody could walk it', (_, body) => {
    expect(problemOf(() => validate(schema, body, 'body'))).toMatchObject({ status: 422 })
  })

  it('answers any JSON with a value or a problem of the client', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        try {
          validate(schema, value, 'body')
        } catch (error) {
          expect(error).toMatchObject({ status: 422, code: 'invalid-body' })
        }
      }),
    )
  })
})

describe('readQuery', () => {
  it('refuses a parameter that is given twice', () => {
    expect(problemOf(() => readQuery(new URLSearchParams('limit=1&limit=2')))).toMatchObject({
      status: 400,
      code: 'invalid-query',
    })
  })

  it('takes __proto__ as a plain name', () => {
    expect(Object.keys(readQuery(new URLSearchParams('__proto__=1')))).toEqual(['__proto__'])
  })
})
