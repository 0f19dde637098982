import { call, sessionOf } from '../api.ts'
import type { Person, Visit } from '../visit.ts'

type Session = NonNullable<Person['session']>

export async function openSession(visit: Visit, person: Person): Promise<void> {
  const { email, password } = person
  const answer = await call(visit, {
    method: 'POST',
    path: '/auth/login',
    body: { email, password },
    expect: 200,
    what: 'the login',
  })
  person.session = { accessToken: answer.text('accessToken'), refreshToken: answer.text('refreshToken') }
}

/** Logs out, and gives back what the session was, for whoever wants to see that it is worth nothing now. */
export async function endSession(visit: Visit, person: Person): Promise<Session> {
  const session = sessionOf(person)
  await call(visit, { method: 'POST', path: '/auth/logout', as: person, expect: 204, what: 'the logout' })
  delete person.session
  return session
}
