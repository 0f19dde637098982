import type { ApiProblem } from '../gateway/api.ts'
import type { Messages } from '../i18n/messages.ts'
import type { Form } from './form.ts'

/** What a form shows: what was typed, and what is wrong with it, by the names of its fields. */
export interface FormState {
  values: Readonly<Record<string, string>>
  errors: Readonly<Record<string, string>>
  /** Wrong with the whole of it. */
  general?: string | undefined
}

export const blankForm = (values: Readonly<Record<string, string>> = {}): FormState => ({ values, errors: {} })

/** What was typed, to be shown again; never a password. */
export function typed(form: Form, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(names.map((name) => [name, form.text(name)]))
}

export const hasErrors = (errors: Readonly<Record<string, string>>): boolean => Object.keys(errors).length > 0

/**
 * Fields that a service refused although we found nothing wrong with them. Its texts are for programmers, so the field
 * is named and our own words are used.
 */
export function refusedFields(problem: ApiProblem, names: readonly string[], t: Messages): Record<string, string> {
  const errors: Record<string, string> = {}
  for (const { field } of problem.errors) {
    const name = field.split('.').find((part) => names.includes(part))
    if (name) errors[name] = t.errors.refused
  }
  return errors
}
