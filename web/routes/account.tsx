import { languageOfPath } from '../app/language.ts'
import { link } from '../app/links.ts'
import { redirect, sendPage } from '../app/reply.tsx'
import { addCookies, type Visit } from '../app/visit.ts'
import { readVisitorCart } from '../cart/cart.ts'
import { shortestPassword } from '../components/account-fields.tsx'
import { Checks } from '../forms/checks.ts'
import { readForm } from '../forms/form.ts'
import { blankForm, type FormState, hasErrors, refusedFields, typed } from '../forms/state.ts'
import { ApiProblem } from '../gateway/api.ts'
import { login, logout, register } from '../gateway/auth.ts'
import { LoginPage, RegisterPage } from '../pages/account.tsx'
import { localPath } from '../security/next.ts'
import { seenCookie } from '../seen/seen.ts'
import { clearCookie } from '../session/cookies.ts'
import { noSessionCookies, sessionCookies } from '../session/session.ts'
import type { Language } from '../settings.ts'

/** On to where the visitor was going, in the language that the account has chosen. */
function onward(visit: Visit, next: string, chosen: Language = visit.lang): void {
  const lang = visit.site.shop.languages.includes(chosen) ? chosen : visit.lang
  const path = localPath(next) ?? link(lang, '/')
  const inside = languageOfPath(new URL(path, visit.site.origin).pathname, visit.site.shop)
  redirect(visit, inside ? `/${lang}${path.slice(inside.length + 1)}` : path)
}

const agentOf = ({ context }: Visit) => context.get('user-agent').slice(0, 500)

async function showLogin(visit: Visit, state: FormState, next: string, status = 200): Promise<void> {
  const why = visit.query.get('why')
  const notice = why === 'ended' ? visit.t.login.ended : next && status === 200 ? visit.t.login.toContinue : undefined
  await sendPage(visit, {
    kind: 'account',
    title: visit.t.login.title,
    canonical: '/login',
    status,
    body: <LoginPage state={state} next={next} notice={notice} />,
  })
}

async function showRegister(visit: Visit, state: FormState, next: string, status = 200): Promise<void> {
  await sendPage(visit, {
    kind: 'account',
    title: visit.t.register.title,
    canonical: '/register',
    status,
    body: <RegisterPage state={state} next={next} />,
  })
}

export async function loginPage(visit: Visit): Promise<void> {
  const next = localPath(visit.query.get('next')) ?? ''
  if (visit.session) return onward(visit, next)
  await showLogin(visit, blankForm(), next)
}

export async function registerPage(visit: Visit): Promise<void> {
  const next = localPath(visit.query.get('next')) ?? ''
  if (visit.session) return onward(visit, next)
  await showRegister(visit, blankForm(), next)
}

/**
 * Logs in and brings the guest's cart along; gives back the account's language when it has chosen one. Where sales does
 * not answer the cookie stays, and is merged later.
 */
async function beginSession(visit: Visit, email: string, password: string): Promise<Language | undefined> {
  const tokens = await login(visit.open, email, password, agentOf(visit))
  addCookies(visit.context, sessionCookies(tokens))
  const { accessToken, user } = tokens
  const session = { userId: user.id, name: user.name, accessToken }
  try {
    await readVisitorCart({ ...visit, session, api: visit.open.as(accessToken) })
  } catch (error) {
    visit.log.warn({ err: error }, 'the guest cart is merged later')
  }
  return user.language ?? undefined
}

/** What a refusal means to the one who typed; undefined for what only an error page can tell. */
function loginRefusal({ t }: Visit, error: unknown): { status: number; general: string } | undefined {
  if (!(error instanceof ApiProblem)) return undefined
  if (error.status === 401 || error.status === 422) return { status: 401, general: t.login.wrong }
  if (error.status === 429) return { status: 429, general: t.login.tooMany }
  if (error.code === 'busy') return { status: 503, general: t.errors.busy }
  return undefined
}

export async function logIn(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  const next = localPath(form.text('next')) ?? ''
  const checks = new Checks(form, visit.t, visit.lang)
  const email = checks.text('email', 254)
  const password = checks.password('password', 1)
  const values = typed(form, ['email'])
  if (hasErrors(checks.errors)) return showLogin(visit, { values, errors: checks.errors }, next, 422)
  try {
    onward(visit, next, await beginSession(visit, email, password))
  } catch (error) {
    const refusal = loginRefusal(visit, error)
    if (!refusal) throw error
    await showLogin(visit, { values, errors: {}, general: refusal.general }, next, refusal.status)
  }
}

function registerRefusal(
  { t }: Visit,
  error: unknown,
): { status: number; errors: Record<string, string>; general?: string } | undefined {
  if (!(error instanceof ApiProblem)) return undefined
  if (error.status === 409) return { status: 409, errors: { email: t.register.taken } }
  if (error.code === 'weak-password') return { status: 422, errors: { password: t.register.weak } }
  if (error.status === 422) {
    const errors = refusedFields(error, ['name', 'email', 'password'], t)
    return { status: 422, errors, ...(!hasErrors(errors) && { general: t.errors.general }) }
  }
  if (error.status === 429) return { status: 429, errors: {}, general: t.login.tooMany }
  if (error.code === 'busy') return { status: 503, errors: {}, general: t.errors.busy }
  return undefined
}

export async function createAccount(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  const next = localPath(form.text('next')) ?? ''
  const checks = new Checks(form, visit.t, visit.lang)
  const account = {
    name: checks.text('name', 100),
    email: checks.email('email'),
    password: checks.password('password', shortestPassword),
  }
  const values = typed(form, ['name', 'email'])
  if (hasErrors(checks.errors)) return showRegister(visit, { values, errors: checks.errors }, next, 422)
  try {
    await register(visit.open, account)
  } catch (error) {
    if (error instanceof ApiProblem && error.status === 409 && (await isTheOwner(visit, account, next))) return
    const refusal = registerRefusal(visit, error)
    if (!refusal) throw error
    return showRegister(visit, { values, ...refusal }, next, refusal.status)
  }
  await enter(visit, account, next)
}

/** Who knows the password of the account is its owner, with a double click or a short memory: they are let in. */
async function isTheOwner(visit: Visit, { email, password }: { email: string; password: string }, next: string) {
  try {
    onward(visit, next, await beginSession(visit, email, password))
    return true
  } catch (error) {
    if (error instanceof ApiProblem) return false
    throw error
  }
}

/** The account stands. If logging in fails now, the visitor does it by hand. */
async function enter(visit: Visit, { email, password }: { email: string; password: string }, next: string) {
  try {
    onward(visit, next, await beginSession(visit, email, password))
  } catch (error) {
    visit.log.warn({ err: error }, 'registered, but not logged in')
    redirect(visit, link(visit.lang, '/login', { next }))
  }
}

/** @throws ApiSilent when auth does not answer: a session that lives on must not look ended. */
export async function logOut(visit: Visit): Promise<void> {
  if (visit.session) {
    try {
      await logout(visit.api)
    } catch (error) {
      if (!(error instanceof ApiProblem && error.status === 401)) throw error
    }
  }
  visit.context.remove('set-cookie')
  // On a shared computer the next one need not know what was looked at.
  addCookies(visit.context, [...noSessionCookies(), clearCookie('checkout'), seenCookie([])])
  redirect(visit, link(visit.lang, '/', { done: 'out' }))
}
