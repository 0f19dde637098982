import { describe, expect, it } from 'vitest'
import { parseUnitName, processesOf, processName, shopUnits, unitName } from './units.ts'

describe('units of the shop', () => {
  const units = shopUnits({ heapMb: 96 })
  const text = (name: string) => units.find((unit) => unit.name === name)?.text ?? ''

  it('are a template for each process, and one for each thing that is done once', () => {
    const names = units.map(({ name }) => name)
    expect(names).toEqual([...new Set(names)])
    expect(names).toEqual(
      expect.arrayContaining([
        'bookstore-web@.service',
        'bookstore-catalog-migrate@.service',
        'bookstore-catalog-seed@.service',
        'bookstore-sales-reconcile@.service',
      ]),
    )
    expect(names).not.toContain('bookstore-web-migrate@.service')
  })

  it('give a process its own secrets and no other', () => {
    expect(text('bookstore-web@.service').match(/^LoadCredential=.*/gm)).toEqual([
      'LoadCredential=cart-key:/var/lib/bookstore/secrets/cart-key',
    ])
    expect(text('bookstore-auth@.service')).not.toContain('database-sales')
  })

  it('keep a process from every network, unless its database is on another machine', () => {
    expect(text('bookstore-sales@.service')).toContain('PrivateNetwork=yes')
    const far = shopUnits({ heapMb: 96, databaseAddress: '192.0.2.7' })
    expect(far.find(({ name }) => name === 'bookstore-sales@.service')?.text).toContain('IPAddressAllow=192.0.2.7')
  })
})

describe('names of units', () => {
  it('are read as they are written', () => {
    for (const process of processesOf('green', 2)) expect(parseUnitName(unitName(process))).toEqual(process)
    expect(processName({ service: 'catalog', number: 2 })).toBe('catalog-2')
  })

  it.each([
    'bookstore-nginx.service',
    'bookstore-run.service',
    'bookstore-catalog-migrate@blue-1.service',
    'bookstore-catalog@.service',
    'bookstore-unknown@blue-1.service',
    'nginx.service',
  ])('%s is no process of a slot', (unit) => {
    expect(parseUnitName(unit)).toBeUndefined()
  })
})
