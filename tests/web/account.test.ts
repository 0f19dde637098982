import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { Visitor } from './visitor.ts'

let shop: TestShop
beforeAll(async () => {
  const services = ['auth', 'catalog', 'sales', 'payments', 'gateway', 'web'] as const
  shop = await startShop(inject('cluster'), { services })
})
afterAll(() => shop?.close())

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
const hostile = `"><script>alert('1')</script><img src=x onerror=alert(2)> &amp; ' \``

function expectClean(text: string): void {
  expect(text).not.toContain('<script>alert')
  expect(text).not.toMatch(/<img[^>]*\sonerror/)
}

interface Person {
  visitor: Visitor
  email: string
  password: string
}

/** Somebody new who is logged in, with the browser that `agent` names. */
async function newPerson(agent = firefox): Promise<Person> {
  const visitor = new Visitor(shop)
  const account = { email: `${randomUUID()}@example.com`, password: `larga ${randomUUID()}`, name: 'Inés Ríos' }
  expect((await visitor.post('/es/register', account, { 'user-agent': agent })).status).toBe(303)
  return { visitor, email: account.email, password: account.password }
}

async function again({ email, password }: Omit<Person, 'visitor'>, agent: string, path = '/es/login') {
  const visitor = new Visitor(shop)
  return {
    visitor,
    answer: await visitor.post(path, { email, password, next: '/es/orders?x=1' }, { 'user-agent': agent }),
  }
}

describe('the account', () => {
  it('shows who one is, and takes a new name and a language that is used from then on', async () => {
    const person = await newPerson()
    const { visitor } = person
    const page = await visitor.get('/es/account')
    expect(page.status).toBe(200)
    expect(page.headers['cache-control']).toBe('private, no-store')
    expect(page.text).toContain('value="Inés Ríos"')
    expect(page.text).toContain(person.email)
    const saved = await visitor.post('/es/account', { name: 'Inés R.', language: 'en' })
    expect(saved).toMatchObject({ status: 303, location: '/en/account?done=saved' })
    const after = await visitor.get(saved.location)
    expect(after.text).toContain('Details saved.')
    expect(after.text).toContain('Inés R.’s account')
    const { answer } = await again(person, firefox)
    expect(answer).toMatchObject({ status: 303, location: '/en/orders?x=1' })
  })

  it('says beside the field what is wrong, and keeps what was typed', async () => {
    const { visitor } = await newPerson()
    const refused = await visitor.post('/es/account', { name: ' ', language: 'xx' })
    expect(refused.status).toBe(422)
    expect(refused.text).toMatch(/id="name-error">Falta este dato/)
    expect(refused.text).toMatch(/id="language-error">Elige una opción/)
    const long = await visitor.post('/es/account', { name: 'ñ'.repeat(101), language: 'es' })
    expect(long.status).toBe(422)
    expect(long.text).toContain('ñ'.repeat(101))
    expect((await visitor.post('/es/account', { name: 'a\u202eb', language: 'es' })).text).toContain('id="name-error"')
  })

  it('shows hostile names and agents as they are', async () => {
    const { visitor } = await newPerson(hostile)
    expect((await visitor.post('/es/account', { name: hostile.slice(0, 90), language: 'es' })).status).toBe(303)
    const { text } = await visitor.get('/es/account')
    expectClean(text)
    expect(text).toContain('&lt;script>alert')
    expectClean((await visitor.post('/es/account', { name: hostile.repeat(3), language: hostile })).text)
    expectClean((await visitor.post('/es/account/password', { current: hostile, new: hostile })).text)
    expectClean((await visitor.get(`/es/account?done=${encodeURIComponent(hostile)}`)).text)
  })
})

describe('the password', () => {
  it('is changed by who knows it, which ends the other sessions', async () => {
    const person = await newPerson()
    const { visitor } = person
    const other = (await again(person, firefox)).visitor
    const fresh = `nueva ${randomUUID()}`
    const wrong = await visitor.post('/es/account/password', { current: 'no es esta', new: fresh })
    expect(wrong.status).toBe(422)
    expect(wrong.text).toMatch(/id="current-error">Esta no es tu contraseña actual/)
    expect(wrong.text).not.toContain(fresh)
    const short = await visitor.post('/es/account/password', { current: person.password, new: 'corta' })
    expect(short.text).toMatch(/id="new-error">Es demasiado corto: al menos 10/)
    const weak = await visitor.post('/es/account/password', { current: person.password, new: '1234567890' })
    expect(weak.text).toMatch(/id="new-error">Esta contraseña es demasiado fácil/)
    const done = await visitor.post('/es/account/password', { current: person.password, new: fresh })
    expect(done).toMatchObject({ status: 303, location: '/es/account?done=password' })
    expect((await visitor.get(done.location)).text).toContain('Contraseña cambiada.')
    other.cookies.delete('__Host-session')
    expect((await other.get('/es/account')).location).toMatch(/^\/es\/login\?next=/)
    expect((await again({ ...person, password: fresh }, firefox)).answer.status).toBe(303)
  })
})

describe('sessions', () => {
  it('are named by their browser, and each but this one can be ended', async () => {
    const person = await newPerson()
    const iphone = 'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605 Version/19.0 Safari/604.1'
    const phone = (await again(person, iphone)).visitor
    const { text } = await person.visitor.get('/es/account')
    expect(text).toContain('Firefox en Linux')
    expect(text).toContain('Safari en iPhone')
    expect(text).toMatch(/\d UTC/)
    const ids = [...text.matchAll(/name="session" value="([^"]+)"/g)].map(([, id]) => id ?? '')
    expect(ids).toHaveLength(1)
    const ended = await person.visitor.post('/es/account/sessions', { session: ids[0] ?? '' })
    expect(ended.location).toBe('/es/account?done=session')
    expect((await person.visitor.get(ended.location)).text).not.toContain('Safari en iPhone')
    phone.cookies.delete('__Host-session')
    expect((await phone.get('/es/account')).status).toBe(303)
  })

  it('of others, and what is none, are left alone', async () => {
    const [one, two] = [await newPerson(), await newPerson()]
    const answers = [randomUUID(), 'nothing', '../me'].map((session) =>
      one.visitor.post('/es/account/sessions', { session }),
    )
    for (const { status } of await Promise.all(answers)) expect(status).toBe(303)
    expect((await two.visitor.get('/es/account')).status).toBe(200)
  })
})

describe('closing the account', () => {
  it('asks once more, then erases it and says goodbye', async () => {
    const person = await newPerson()
    const { visitor } = person
    expect((await visitor.get('/es/account/close')).text).toContain('¿Cerrar tu cuenta?')
    const unsure = await visitor.post('/es/account/close', {})
    expect(unsure.status).toBe(422)
    expect(unsure.text).toMatch(/id="sure-error"/)
    const closed = await visitor.post('/es/account/close', { sure: 'yes' })
    expect(closed).toMatchObject({ status: 303, location: '/es/?done=closed' })
    expect(visitor.cookies.has('__Host-refresh')).toBe(false)
    expect((await visitor.get(closed.location)).text).toContain('Tu cuenta está cerrada')
    expect((await again(person, firefox)).answer.status).toBe(401)
  })
})

describe('forms of the account', () => {
  const forms = ['/account', '/account/password', '/account/sessions', '/account/close']

  it.each(forms)('are refused from elsewhere, and lead strangers to the log-in: %s', async (path) => {
    const { visitor } = await newPerson()
    const form = { name: 'Otra', language: 'en', sure: 'yes', current: 'a', new: 'b'.repeat(12) }
    const foreign = await visitor.post(`/es${path}`, form, { origin: 'https://evil.example' })
    expect(foreign.status).toBe(403)
    expect((await visitor.get('/es/account')).text).toContain('value="Inés Ríos"')
    const stranger = await new Visitor(shop).post(`/es${path}`, form)
    expect(stranger.location).toMatch(/^\/es\/login\?next=/)
  })
})
