import type * as z from 'zod'
import { nearest } from '../frame/nearest.ts'

type Issue = z.core.$ZodIssue
type Path = readonly PropertyKey[]

/** What zod found, in our words. `key` is set when the key itself is wrong, rather than its value. */
export interface Explained {
  path: Path
  key: boolean
  expected: string
  hint?: string
}

/** @param fieldsOf The names of the fields that the schema has at a path. */
export function explain(issue: Issue, fieldsOf: (path: Path) => readonly string[]): readonly Explained[] {
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey(issue.path, key, fieldsOf(issue.path)))
  if (issue.code === 'invalid_key') {
    return [{ path: issue.path, key: true, expected: issue.issues[0]?.message ?? 'another name' }]
  }
  return [{ path: issue.path, key: false, expected: expectation(issue) }]
}

function unknownKey(path: Path, key: string, fields: readonly string[]): Explained {
  const near = nearest(key, fields)
  return {
    path: [...path, key],
    key: true,
    expected: `one of ${fields.join(', ')}`,
    ...(near ? { hint: `Did you mean ${near}?` } : {}),
  }
}

function expectation(issue: Issue): string {
  if (issue.code === 'invalid_type') return kinds[issue.expected] ?? issue.expected
  if (issue.code === 'invalid_value') return oneOf(issue.values.map(String))
  return issue.message
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? `${values[0]}` : `one of ${values.join(', ')}`
}

const kinds: Record<string, string> = {
  object: 'fields, one a line',
  record: 'names with fields below them',
  array: 'a list',
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

/** A value as it stands in the file, short enough for a line. */
export function show(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (value === null) return 'nothing (an empty value)'
  if (Array.isArray(value)) return 'a list'
  if (typeof value === 'object') return 'fields'
  const text = typeof value === 'string' ? `'${value}'` : String(value)
  return text.length > 60 ? `${text.slice(0, 57)}...` : text
}
