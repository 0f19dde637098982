import { NameField, PasswordField } from '../components/account-fields.tsx'
import { AccountNav } from '../components/account-nav.tsx'
import { ErrorSummary, SelectField } from '../components/form.tsx'
import { Notice } from '../components/notice.tsx'
import { PostForm } from '../components/post-form.tsx'
import { useView } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'
import type { OpenSession } from '../gateway/account.ts'
import { messages } from '../i18n/messages.ts'
import { Sessions } from './sessions.tsx'

export interface ProfileProps {
  email: string
  sessions: readonly OpenSession[]
  /** Of both forms: their fields have names of their own. */
  state: FormState
  notice: string | undefined
}

function ProfileForm({ email, state }: Pick<ProfileProps, 'email' | 'state'>) {
  const { t, shop } = useView()
  const { language, languageHint } = t.account
  const options = shop.languages.map((value) => ({ value, text: messages[value].name }))
  return (
    <section aria-labelledby="profile">
      <h2 id="profile">{t.account.profile}</h2>
      <p class="account-email">
        {t.account.email}: <strong>{email}</strong>
      </p>
      <PostForm action="/account" submit={t.account.save}>
        <NameField state={state} />
        <SelectField state={state} name="language" label={language} hint={languageHint} options={options} />
      </PostForm>
    </section>
  )
}

function PasswordForm({ email, state }: Pick<ProfileProps, 'email' | 'state'>) {
  const { t } = useView()
  return (
    <section aria-labelledby="password">
      <h2 id="password">{t.account.password}</h2>
      <p class="hint">{t.account.passwordLead}</p>
      <PostForm action="/account/password" submit={t.account.changePassword}>
        {/* Password managers learn from it whose password this is. */}
        <input type="text" name="email" value={email} autocomplete="username" readOnly hidden />
        <PasswordField state={state} name="current" label={t.account.current} />
        <PasswordField state={state} name="new" label={t.account.fresh} fresh />
      </PostForm>
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
