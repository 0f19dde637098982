import type { ComponentChildren } from 'preact'
import type { FormState } from '../forms/state.ts'
import { useView } from './view.ts'

/** Says what is wrong before all fields, with a link to each. It takes the focus, also without scripts. */
export function ErrorSummary({ state, labels }: { state: FormState; labels: Readonly<Record<string, string>> }) {
  const { t } = useView()
  // In the order in which the fields stand on the page, which is the order of their labels.
  const order = Object.keys(labels)
  const wrong = Object.entries(state.errors).sort(([one], [other]) => order.indexOf(one) - order.indexOf(other))
  if (wrong.length === 0 && !state.general) return null
  return (
    <div class="error-summary" role="alert" tabIndex={-1} autofocus>
      {state.general && <p>{state.general}</p>}
      {wrong.length > 0 && (
        <>
          <h2>{t.errors.summary}</h2>
          <ul>
            {wrong.map(([name, message]) => (
              <li key={name}>
                <a href={`#${name}`}>
                  {labels[name] ?? name}: {message}
                </a>
              </li>
            ))}
          </ul>
        </>
      )}
    </div>
  )
}

/** What ties a control to its hint and its error. */
export function described(state: FormState, name: string, hint: boolean) {
  const ids = [...(hint ? [`${name}-hint`] : []), ...(state.errors[name] ? [`${name}-error`] : [])]
  return {
    ...(ids.length > 0 && { 'aria-describedby': ids.join(' ') }),
    ...(state.errors[name] && { 'aria-invalid': 'true' as const }),
  }
}

export interface FieldProps {
  state: FormState
  name: string
  label: string
  hint?: string
  optional?: boolean
  /** May be left empty by what else the form says, so the browser does not insist. */
  free?: boolean
}

/** A label above its control, a hint and the error below. */
export function Field({ state, name, label, hint, optional, children }: FieldProps & { children: ComponentChildren }) {
  const { t } = useView()
  const error = state.errors[name]
  return (
    <div class="field">
      <label for={name}>
        {label} {optional && <span class="field-optional">({t.optional})</span>}
      </label>
      {children}
      {hint && (
        <p class="hint" id={`${name}-hint`}>
          {hint}
        </p>
      )}
      {error && (
        <p class="error" id={`${name}-error`}>
          {error}
        </p>
      )}
    </div>
  )
}

/** What an input is told besides its name, value and label. */
interface Input {
  type?: 'text' | 'email' | 'password'
  autocomplete?: AutoFill
  inputMode?: 'numeric' | 'decimal'
  minLength?: number
  maxLength: number
  /** Of what is typed, as a regular expression. For a script alone: without one the server says more than a browser would. */
  form?: string
  /** What a script says where it is filled in, but not as it should be. */
  fault?: string
}

/** https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill */
type AutoFill =
  | 'name'
  | 'email'
  | 'username'
  | 'current-password'
  | 'new-password'
  | 'street-address'
  | 'postal-code'
  | 'address-level1'
  | 'address-level2'

export function TextField({
  state,
  name,
  label,
  hint,
  optional = false,
  free = false,
  type = 'text',
  form,
  fault,
  ...input
}: FieldProps & Input) {
  const shared = { state, name, label, optional, ...(hint !== undefined && { hint }) }
  return (
    <Field {...shared}>
      <input
        {...input}
        // Preact's types know each kind of input by its literal; these three take the same attributes.
        type={type as 'text'}
        id={name}
        name={name}
        value={type === 'password' ? '' : (state.values[name] ?? '')}
        required={!(optional || free)}
        data-form={form}
        data-fault={fault}
        {...described(state, name, hint !== undefined)}
      />
    </Field>
  )
}

export interface Option {
  value: string
  text: string
}

export function SelectField({
  options,
  autocomplete,
  ...field
}: FieldProps & { options: readonly Option[]; autocomplete?: 'country' }) {
  const { state, name } = field
  return (
    <Field {...field}>
      <select
        id={name}
        name={name}
        required={!field.free}
        autocomplete={autocomplete}
        {...described(state, name, Boolean(field.hint))}
      >
        {options.map(({ value, text }) => (
          <option key={value} value={value} selected={value === (state.values[name] ?? '')}>
            {text}
          </option>
        ))}
      </select>
    </Field>
  )
}
