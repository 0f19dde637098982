import { goTo, sendPage } from '../app/reply.tsx'
import { addCookies, type Visit } from '../app/visit.ts'
import { readForm } from '../forms/form.ts'
import { blankForm, type FormState } from '../forms/state.ts'
import { closeAccount } from '../gateway/account.ts'
import { ApiProblem } from '../gateway/api.ts'
import { CloseAccountPage } from '../pages/close-account.tsx'
import { seenCookie } from '../seen/seen.ts'
import { clearCookie } from '../session/cookies.ts'
import { noSessionCookies } from '../session/session.ts'

async function show(visit: Visit, state: FormState, status: number, openOrders = false): Promise<void> {
  await sendPage(visit, {
    kind: 'close-account',
    title: visit.t.account.close,
    status,
    body: <CloseAccountPage state={state} openOrders={openOrders} />,
  })
}

export async function closeAccountPage(visit: Visit): Promise<void> {
  await show(visit, blankForm(), 200)
}

/** Closes the account when its owner said so twice, and nothing is under way. */
export async function closeTheAccount(visit: Visit): Promise<void> {
  const form = await readForm(visit.context.req)
  if (form.text('sure') !== 'yes') return show(visit, { values: {}, errors: { sure: visit.t.account.closeTick } }, 422)
  try {
    await closeAccount(visit.api)
  } catch (error) {
    if (!(error instanceof ApiProblem && error.code === 'open-orders')) throw error
    return show(visit, blankForm(), 409, true)
  }
  visit.context.remove('set-cookie')
  addCookies(visit.context, [...noSessionCookies(), clearCookie('checkout'), seenCookie([])])
  goTo(visit, '/', { done: 'closed' })
}
