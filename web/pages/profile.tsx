import { AccountNav } from '../components/account-nav.tsx'
import { ErrorSummary, SelectField, TextField } from '../components/form.tsx'
import { Notice } from '../components/notice.tsx'
import { useView } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'
import type { OpenSession } from '../gateway/account.ts'
import { messages } from '../i18n/messages.ts'
import { shortestPassword } from './account.tsx'
import { Sessions } from './sessions.tsx'

export interface ProfileProps {
  email: string
  sessions: readonly OpenSession[]
  /** Of both forms: their fields have names of their own. */
  state: FormState
  notice: string | undefined
}

function ProfileForm({ email, state }: Pick<ProfileProps, 'email' | 'state'>) {
  const { t, to, shop } = useView()
  const options = shop.languages.map((value) => ({ value, text: messages[value].name }))
  return (
    <section aria-labelledby="profile">
      <h2 id="profile">{t.account.profile}</h2>
      <p class="account-email">
        {t.account.email}: <strong>{email}</strong>
      </p>
      <form class="form" method="post" action={to('/account')}>
        <TextField
          state={state}
          name="name"
          label={t.register.name}
          hint={t.register.nameHint}
          autocomplete="name"
          maxLength={100}
        />
        <SelectField
          state={state}
          name="language"
          label={t.account.language}
          hint={t.account.languageHint}
          options={options}
        />
        <div class="actions">
          <button class="button" type="submit">
            {t.account.save}
          </button>
        </div>
      </form>
    </section>
  )
}

function PasswordForm({ email, state }: Pick<ProfileProps, 'email' | 'state'>) {
  const { t, to } = useView()
  return (
    <section aria-labelledby="password">
      <h2 id="password">{t.account.password}</h2>
      <p class="hint">{t.account.passwordLead}</p>
      <form class="form" method="post" action={to('/account/password')}>
        {/* Password managers learn from it whose password this is. */}
        <input type="text" name="email" value={email} autocomplete="username" readOnly hidden />
        <TextField
          state={state}
          name="current"
          label={t.account.current}
          type="password"
          autocomplete="current-password"
          maxLength={256}
        />
        <TextField
          state={state}
          name="new"
          label={t.account.fresh}
          hint={t.register.passwordHint}
          type="password"
          autocomplete="new-password"
          minLength={shortestPassword}
          maxLength={256}
        />
        <div class="actions">
          <button class="button" type="submit">
            {t.account.changePassword}
          </button>
        </div>
      </form>
    </section>
  )
}

export function ProfilePage({ email, sessions, state, notice }: ProfileProps) {
  const { t, to } = useView()
  const labels = {
    name: t.register.name,
    language: t.account.language,
    current: t.account.current,
    new: t.account.fresh,
  }
  return (
    <>
      <AccountNav here="/account" />
      <h1>{t.account.title}</h1>
      <Notice text={notice} />
      <ErrorSummary state={state} labels={labels} />
      <div class="account-grid">
        <ProfileForm email={email} state={state} />
        <PasswordForm email={email} state={state} />
        <Sessions sessions={sessions} />
        <section aria-labelledby="close">
          <h2 id="close">{t.account.close}</h2>
          <p class="hint">{t.account.closeLead}</p>
          <a class="button quiet" href={to('/account/close')}>
            {t.account.close}
          </a>
        </section>
      </div>
    </>
  )
}
