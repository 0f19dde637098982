import { link } from '../app/links.ts'
import { goTo, redirect, sendPage } from '../app/reply.tsx'
import { addCookies, type Visit } from '../app/visit.ts'
import { isId } from '../cart/guest-cart.ts'
import { shortestPassword } from '../components/account-fields.tsx'
import { Checks } from '../forms/checks.ts'
import { readForm } from '../forms/form.ts'
import { blankForm, type FormState, hasErrors, refusedFields, typed } from '../forms/state.ts'
import { changeMe, changePassword, endSession, listSessions, readMe } from '../gateway/account.ts'
import { ApiProblem } from '../gateway/api.ts'
import { ProfilePage } from '../pages/profile.tsx'
import { clearCookie } from '../session/cookies.ts'

function noticeOf({ t, query }: Visit): string | undefined {
  const said: Readonly<Record<string, string>> = {
    saved: t.account.saved,
    password: t.account.passwordChanged,
    session: t.account.sessionEnded,
  }
  const done = query.get('done') ?? ''
  return Object.hasOwn(said, done) ? said[done] : undefined
}

/** Fields of a form that nobody has sent show what is stored. */
async function show(visit: Visit, sent: FormState, status = 200): Promise<void> {
  const [me, sessions] = await Promise.all([readMe(visit.api), listSessions(visit.api)])
  const stored = { name: me.name, language: me.language ?? visit.lang }
  const state = { ...sent, values: { ...stored, ...sent.values } }
  // Forms that are refused are sent to addresses of their own, which nobody can go to.
  await sendPage(
    { ...visit, path: '/account' },
    {
      kind: 'profile',
      title: visit.t.account.title,
      status,
      body: <ProfilePage email={me.email} sessions={sessions} state={state} notice={noticeOf(visit)} />,
    },
  )
}

export async function profilePage(visit: Visit): Promise<void> {
  await show(visit, blankForm())
}

/** From here on the account speaks the chosen language, and is called by its new name. */
export async function saveProfile(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  const checks = new Checks(form, visit.t, visit.lang)
  const name = checks.text('name', 100)
  const language = checks.choice('language', visit.site.shop.languages)
  const values = typed(form, ['name', 'language'])
  if (hasErrors(checks.errors) || !language) return show(visit, { values, errors: checks.errors }, 422)
  try {
    await changeMe(visit.api, { name, language })
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 422)) throw error
    const errors = refusedFields(error, ['name', 'language'], visit.t)
    return show(visit, { values, errors, general: hasErrors(errors) ? undefined : visit.t.errors.general }, 422)
  }
  // The access token still has the old name: without it, the next request fetches one that has the new.
  addCookies(visit.context, [clearCookie('session')])
  redirect(visit, link(language, '/account', { done: 'saved' }))
}

/** What a refused change of the password means; undefined for what only an error page can tell. */
function passwordRefusal({ t }: Visit, error: unknown): { status: number; state: FormState } | undefined {
  if (!(error instanceof ApiProblem)) return undefined
  const state = (errors: Record<string, string>, general?: string) => ({ values: {}, errors, general })
  if (error.code === 'invalid-credentials') return { status: 422, state: state({ current: t.account.wrongCurrent }) }
  if (error.code === 'weak-password') return { status: 422, state: state({ new: t.register.weak }) }
  if (error.status === 422) return { status: 422, state: state({}, t.errors.general) }
  if (error.status === 429) return { status: 429, state: state({}, t.login.tooMany) }
  if (error.code === 'busy') return { status: 503, state: state({}, t.errors.busy) }
  return undefined
}

export async function savePassword(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  const checks = new Checks(form, visit.t, visit.lang)
  const change = { current: checks.password('current', 1), new: checks.password('new', shortestPassword) }
  if (hasErrors(checks.errors)) return show(visit, { values: {}, errors: checks.errors }, 422)
  try {
    await changePassword(visit.api, change)
  } catch (error) {
    const refusal = passwordRefusal(visit, error)
    if (!refusal) throw error
    return show(visit, refusal.state, refusal.status)
  }
  goTo(visit, '/account', { done: 'password' })
}

/** One that is over already is what was asked for. */
export async function endOneSession(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  const id = form.text('session')
  if (!isId(id)) return goTo(visit, '/account')
  try {
    await endSession(visit.api, id)
  } catch (error) {
    if (!(error instanceof ApiProblem && error.status === 404)) throw error
  }
  goTo(visit, '/account', { done: 'session' })
}
