import { randomBytes } from 'node:crypto'
import { call, promised, status } from '../api.ts'
import { expect } from '../types.ts'
import type { Person, Step, Visit } from '../visit.ts'
import { demoPayments } from './payments.ts'
import { refused } from './refused.ts'
import { openSession } from './session.ts'

const register: Step = {
  name: 'register',
  needs: ['demo payments'],
  async run(visit) {
    visit.seller = await registerPerson(visit, 'seller')
    visit.buyer = await registerPerson(visit, 'buyer')
    return 'a seller and a buyer'
  },
}

const logIn: Step = {
  name: 'log in',
  needs: ['register'],
  async run(visit) {
    for (const person of peopleOf(visit)) {
      await openSession(visit, person)
      const me = await call(visit, { path: '/auth/me', as: person, expect: 200, what: 'the account' })
      expect(me.text('id') === person.id, `${person.name} is logged in as somebody else.`)
    }
    return undefined
  },
}

const wrongPassword: Step = {
  name: 'wrong password',
  needs: ['register'],
  async run(visit) {
    const { email, password } = promised(visit.buyer, 'buyer')
    const answered = await status(visit, {
      method: 'POST',
      path: '/auth/login',
      body: { email, password: `${password}x` },
    })
    expect(answered === 401, `A login with a wrong password answered ${answered}, and 401 was expected.`)
    return 'refused'
  },
}

/** Not before everything else is taken back: an account with an open order cannot be closed, and the clean-up needs it. */
const closeAccounts: Step = {
  name: 'close accounts',
  needs: ['log in', 'cancel and refund', 'withdraw the book'],
  async run(visit) {
    for (const person of peopleOf(visit)) {
      await closeAccount(visit, person)
      const { email, password } = person
      const answered = await status(visit, { method: 'POST', path: '/auth/login', body: { email, password } })
      expect(answered === 401, `A login to a closed account answered ${answered}, and 401 was expected.`)
      visit.cleanup.forget(traceOf(person))
    }
    return undefined
  },
}

export const accountSteps: readonly Step[] = [demoPayments, register, wrongPassword, logIn]
export const closingSteps: readonly Step[] = [refused, closeAccounts]

const peopleOf = (visit: Visit): Person[] => [promised(visit.seller, 'seller'), promised(visit.buyer, 'buyer')]

const traceOf = ({ email }: Person) => `the account ${email}`

/** No mail can ever reach a name under `.invalid` (RFC 2606). The password is in nothing that we tell. */
async function registerPerson(visit: Visit, role: 'seller' | 'buyer'): Promise<Person> {
  const person: Person = {
    email: `smoke-${visit.mark}-${role}@example.invalid`,
    name: `Smoke test ${role}`,
    password: randomBytes(24).toString('base64url'),
    id: '',
  }
  visit.cleanup.remember({ what: traceOf(person), undo: (later) => closeIfOpen(later, person) })
  const { email, password, name } = person
  const user = await call(visit, {
    method: 'POST',
    path: '/auth/register',
    body: { email, password, name },
    expect: 201,
    what: 'the new account',
  })
  expect(user.text('email') === email, 'The new account has another e-mail address.')
  person.id = user.text('id')
  return person
}

async function closeAccount(visit: Visit, person: Person): Promise<void> {
  if (!person.session) await openSession(visit, person)
  await call(visit, { method: 'DELETE', path: '/auth/me', as: person, expect: 204, what: 'the closed account' })
  delete person.session
}

/** For the clean-up: the account may never have come into being, and its session may be over. */
async function closeIfOpen(visit: Visit, person: Person): Promise<void> {
  const { email, password } = person
  delete person.session
  const answered = await status(visit, { method: 'POST', path: '/auth/login', body: { email, password } })
  if (answered === 401) return
  await closeAccount(visit, person)
}
