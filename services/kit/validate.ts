import type { z } from 'zod'
import { type FieldProblem, Problem } from './problem.ts'

/** PostgreSQL's text holds no NUL, and a lone surrogate is no Unicode: neither is text that anybody typed. */
const isText = (text: string) => !text.includes('\0') && text.isWellFormed()

/** No body of ours is deeper; a thousand levels would exhaust the stack of whoever walks them. */
const deepest = 32

/** Path of the first string (key or value) that is not storable text, or of what is nested too deep, or undefined. */
function findBadText(value: unknown, path: string, depth = 0): string | undefined {
  if (typeof value === 'string') return isText(value) ? undefined : path
  if (typeof value !== 'object' || value === null) return undefined
  if (depth === deepest) return path
  for (const [key, inner] of Object.entries(value)) {
    const at = path ? `${path}.${key}` : key
    const found = isText(key) ? findBadText(inner, at, depth + 1) : path
    if (found !== undefined) return found
  }
  return undefined
}

function fieldProblems(error: z.ZodError): FieldProblem[] {
  return error.issues.flatMap((issue) => {
    const at = issue.path.join('.')
    if (issue.code !== 'unrecognized_keys') return [{ field: at, message: issue.message }]
    return issue.keys.map((key) => ({ field: at ? `${at}.${key}` : key, message: 'Unknown field' }))
  })
}

/**
 * Checks a body or a query against its schema.
 * @throws Problem 422 `invalid-body` or 400 `invalid-query`, naming every field at fault.
 */
export function validate(schema: z.ZodType, value: unknown, where: 'body' | 'query'): unknown {
  const fail = (errors: FieldProblem[]) =>
    new Problem(
      where === 'body' ? 422 : 400,
      `invalid-${where}`,
      where === 'body' ? 'The body has invalid fields' : 'The query has invalid parameters',
      { errors },
    )
  const bad = findBadText(value, '')
  if (bad !== undefined)
    throw fail([{ field: bad, message: 'Holds characters that are not text, or is nested too deep' }])
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw fail(fieldProblems(parsed.error))
  return parsed.data
}

/** The query as an object. A parameter given twice is refused: two readers would see two values. */
export function readQuery(search: URLSearchParams): Record<string, string> {
  const query: Record<string, string> = Object.create(null)
  for (const [name, value] of search) {
    if (name in query)
      throw new Problem(400, 'invalid-query', 'The query has invalid parameters', {
        errors: [{ field: name, message: 'Given twice' }],
      })
    query[name] = value
  }
  return { ...query }
}
