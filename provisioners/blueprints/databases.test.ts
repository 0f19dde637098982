import { expect, it } from 'vitest'
import { itemAddress } from '../host/address.ts'
import type { Item } from '../host/manifest.ts'
import { databasePorts, databasesOn, sharedSecrets } from './databases.ts'
import { elsewhere, oneMachine, type SiteNetwork } from './network.ts'

const alone = oneMachine
const apart: SiteNetwork = { ...oneMachine, database: '10.0.0.8', web: ['10.0.0.7'] }
const folders = itemAddress('run-folders', 'run')
const on = (roles: ('web' | 'database')[], network: SiteNetwork) =>
  databasesOn(roles, folders, { instances: 1, network })
const named = (items: readonly Item[], kind: string) => items.filter((each) => each.kind === kind)

it('keeps the databases of a machine that has the whole shop to that machine', () => {
  const items = on(['web', 'database'], alone)
  expect(named(items, 'postgres-cluster')[0]?.spec).not.toHaveProperty('network')
  expect(named(items, 'postgres-certificate')).toEqual([])
  expect(named(items, 'postgres-restorer')).toEqual([])
  expect(databasePorts(['web', 'database'], alone)).toEqual([])
})

it('opens them on their own machine to the web machine alone', () => {
  const items = on(['database'], apart)
  expect(named(items, 'postgres-cluster')[0]?.spec).toMatchObject({
    network: { address: '10.0.0.8', from: ['10.0.0.7'] },
  })
  expect(databasePorts(['database'], apart)).toEqual([{ port: 5432, from: ['10.0.0.7'] }])
  expect(elsewhere(['database'], apart)).toBeUndefined()
})

it('has a web machine keep what it is told, and make nothing up', () => {
  const items = on(['web'], apart)
  expect([...new Set(items.map(({ kind }) => kind))].sort()).toEqual(['credential', 'secret'])
  expect(named(items, 'secret').every(({ spec }) => (spec as { brought?: boolean }).brought)).toBe(true)
  expect(databasePorts(['web'], apart)).toEqual([])
  expect(elsewhere(['web'], apart)).toEqual({ address: '10.0.0.8' })
})

it('never gives away the key that signs, nor the superuser', () => {
  expect(sharedSecrets).toContain('database-authority')
  expect(sharedSecrets).not.toContain('database-authority-key')
  expect(sharedSecrets).not.toContain('postgres-admin')
})
