import { describe, expect, it } from 'vitest'
import { messages } from '../i18n/messages.ts'
import { Checks } from './checks.ts'
import { Form } from './form.ts'

const t = messages.es
const checksOf = (fields: Record<string, string>) =>
  new Checks(new Form(new Map(Object.entries(fields).map(([name, value]) => [name, [value]]))), t, 'es')

describe('checks', () => {
  it('count characters, not code units', () => {
    const checks = checksOf({ ok: '📚'.repeat(5), long: '📚'.repeat(6) })
    checks.text('ok', 5)
    checks.text('long', 5)
    checks.text('absent', 5)
    checks.text('optional', 5, true)
    expect(checks.errors).toEqual({ long: t.errors.tooLong(5), absent: t.errors.empty })
  })

  it.each([
    ['12', 1200],
    ['12,5', 1250],
    ['12.50', 1250],
    ['0,01', 1],
  ])('read the price %s', (text, amount) => {
    const checks = checksOf({ price: text })
    expect(checks.price('price', 'USD', 1_000_000)).toBe(amount)
    expect(checks.errors).toEqual({})
  })

  it.each(['', '-1', '12,555', '1.000,00', 'doce', '1e3', '0', '99999999'])('refuse the price %j', (text) => {
    const checks = checksOf({ price: text })
    checks.price('price', 'USD', 1_000_000)
    expect(checks.errors.price).toBeTruthy()
  })

  it('take years before our era and refuse what is no whole number', () => {
    const checks = checksOf({ homer: '-700', typed: '−700', half: '1,5', far: '3000' })
    expect(checks.integer('homer', -800, 2027)).toBe(-700)
    expect(checks.integer('typed', -800, 2027)).toBe(-700)
    checks.integer('half', -800, 2027)
    checks.integer('far', -800, 2027)
    expect(Object.keys(checks.errors)).toEqual(['half', 'far'])
  })

  it('want an address that is one, and a choice that was offered', () => {
    const checks = checksOf({ good: 'ana@ejemplo.com', bad: 'ana@ejemplo', choice: 'constructor' })
    checks.email('good')
    checks.email('bad')
    expect(checks.choice('choice', ['a', 'b'])).toBeUndefined()
    expect(Object.keys(checks.errors)).toEqual(['bad', 'choice'])
  })
})
