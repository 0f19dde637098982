import type { FormState } from '../forms/state.ts'
import { TextField } from './form.tsx'
import { useView } from './view.ts'

export const shortestPassword = 10

/** What one is called in the shop. */
export function NameField({ state }: { state: FormState }) {
  const { t } = useView()
  const { name, nameHint } = t.register
  return <TextField state={state} name="name" label={name} hint={nameHint} autocomplete="name" maxLength={100} />
}

/** `known`: of an account that there is, which password managers then fill in. */
export function EmailField({ state, known = false }: { state: FormState; known?: boolean }) {
  const { t } = useView()
  const autocomplete = known ? 'username' : 'email'
  const input = { type: 'email', autocomplete, maxLength: 254, fault: t.errors.email } as const
  return <TextField state={state} name="email" label={t.login.email} {...input} />
}

export interface PasswordFieldProps {
  state: FormState
  name?: string
  label: string
  /** It is chosen here, so what it has to be is said. */
  fresh?: boolean
}

export function PasswordField({ state, name = 'password', label, fresh = false }: PasswordFieldProps) {
  const { t } = useView()
  const chosen = {
    hint: t.register.passwordHint,
    autocomplete: 'new-password',
    minLength: shortestPassword,
    fault: t.errors.tooShort(shortestPassword),
  } as const
  const input = fresh ? chosen : ({ autocomplete: 'current-password' } as const)
  return <TextField state={state} name={name} label={label} type="password" maxLength={256} {...input} />
}
