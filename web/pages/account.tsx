import { ErrorSummary, TextField } from '../components/form.tsx'
import { Notice } from '../components/notice.tsx'
import { useView } from '../components/view.ts'
import type { FormState } from '../forms/state.ts'

export interface AccountProps {
  state: FormState
  /** A local path, or ''. */
  next: string
  notice?: string | undefined
}

export const shortestPassword = 10

export function LoginPage({ state, next, notice }: AccountProps) {
  const { t, to, cartCount } = useView()
  return (
    <div class="narrow">
      <h1>{t.login.title}</h1>
      <p class="lead">{cartCount > 0 ? t.login.keepsCart : t.login.lead}</p>
      <Notice text={notice} />
      <ErrorSummary state={state} labels={{ email: t.login.email, password: t.login.password }} />
      <form class="form" method="post" action={to('/login')}>
        <input type="hidden" name="next" value={next} />
        <TextField
          state={state}
          name="email"
          label={t.login.email}
          type="email"
          autocomplete="username"
          maxLength={254}
        />
        <TextField
          state={state}
          name="password"
          label={t.login.password}
          type="password"
          autocomplete="current-password"
          maxLength={256}
        />
        <button class="button" type="submit">
          {t.login.submit}
        </button>
      </form>
      <p class="aside">
        {t.login.noAccount} <a href={to('/register', { next })}>{t.nav.register}</a>
      </p>
    </div>
  )
}

export function RegisterPage({ state, next }: AccountProps) {
  const { t, to } = useView()
  const labels = { name: t.register.name, email: t.register.email, password: t.register.password }
  return (
    <div class="narrow">
      <h1>{t.register.title}</h1>
      <p class="lead">{t.register.lead}</p>
      <ErrorSummary state={state} labels={labels} />
      <form class="form" method="post" action={to('/register')}>
        <input type="hidden" name="next" value={next} />
        <TextField
          state={state}
          name="name"
          label={labels.name}
          hint={t.register.nameHint}
          autocomplete="name"
          maxLength={100}
        />
        <TextField state={state} name="email" label={labels.email} type="email" autocomplete="email" maxLength={254} />
        <TextField
          state={state}
          name="password"
          label={labels.password}
          hint={t.register.passwordHint}
          type="password"
          autocomplete="new-password"
          minLength={shortestPassword}
          maxLength={256}
        />
        <button class="button" type="submit">
          {t.register.submit}
        </button>
      </form>
      <p class="aside">
        {t.register.haveAccount} <a href={to('/login', { next })}>{t.nav.login}</a>
      </p>
    </div>
  )
}
