import { EmailField, NameField, PasswordField } from '../components/account-fields.tsx'
import { ErrorSummary } from '../components/form.tsx'
import { Notice } from '../components/notice.tsx'
import { PostForm } from '../components/post-form.tsx'
import { useView } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'

export interface AccountProps {
  state: FormState
  /** A local path, or ''. */
  next: string
  notice?: string | undefined
}

export function LoginPage({ state, next, notice }: AccountProps) {
  const { t, to, cartCount } = useView()
  return (
    <div class="narrow">
      <h1>{t.login.title}</h1>
      <p class="lead">{cartCount > 0 ? t.login.keepsCart : t.login.lead}</p>
      <Notice text={notice} />
      <ErrorSummary state={state} labels={{ email: t.login.email, password: t.login.password }} />
      <PostForm action="/login" submit={t.login.submit} hidden={{ next }}>
        <EmailField state={state} known />
        <PasswordField state={state} label={t.login.password} />
      </PostForm>
      <p class="aside">
        {t.login.noAccount}
        <a class="button quiet" href={to('/register', { next })}>
          {t.nav.register}
        </a>
      </p>
    </div>
  )
}

export function RegisterPage({ state, next }: AccountProps) {
  const { t, to } = useView()
  const { name, email, password } = t.register
  return (
    <div class="narrow">
      <h1>{t.register.title}</h1>
      <p class="lead">{t.register.lead}</p>
      <ErrorSummary state={state} labels={{ name, email, password }} />
      <PostForm action="/register" submit={t.register.submit} hidden={{ next }}>
        <NameField state={state} />
        <EmailField state={state} />
        <PasswordField state={state} label={password} fresh />
      </PostForm>
      <p class="aside">
        {t.register.haveAccount}
        <a class="button quiet" href={to('/login', { next })}>
          {t.nav.login}
        </a>
      </p>
    </div>
  )
}
