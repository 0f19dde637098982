import { expect, test } from 'vitest'
import type { Step } from '../../provisioners/engine/step.ts'
import { planTable, totalsOf } from './plan-table.ts'

const step = (label: string, change: Partial<Step> = {}): Step => ({
  address: `local.thing/${label}`,
  label,
  action: 'create',
  changes: [],
  because: [],
  cost: { downtime: 'none', dataAtRisk: false, monthly: 0 },
  dependsOn: [],
  ...change,
})

const plan = {
  steps: [
    step('catalog 2', { action: 'delete', cost: { downtime: 'long', dataAtRisk: true, monthly: -4.9 } }),
    step('NGINX', {
      action: 'update',
      changes: [
        { field: 'port', from: 8443, to: 9443 },
        { field: 'names', from: ['a'], to: undefined },
        { field: 'text', from: 'line\n  two', to: 'x'.repeat(100) },
      ],
      cost: { downtime: 'brief', dataAtRisk: false, monthly: 0 },
    }),
    step('PostgreSQL', { cost: { downtime: 'none', dataAtRisk: false, monthly: 12.345 } }),
    step('machine', { action: 'replace', because: ['another zone'] }),
  ],
  followers: [{ address: 'local.thing/gateway', label: 'gateway', dependsOn: [] }] as const,
}

test('groups by what is done, with cost, downtime and data, and a sum', () => {
  expect(planTable(plan)).toBe(`create                                   downtime     data          US$/month
  PostgreSQL                             none         safe              12.35

change                                   downtime     data          US$/month
  NGINX                                  seconds      safe               0.00
      port: 8443 -> 9443
      names: ["a"] -> nothing
      text: line two -> xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx~

replace                                  downtime     data          US$/month
  machine                                none         safe               0.00
      because another zone

delete                                   downtime     data          US$/month
  catalog 2                              lasting      AT RISK           -4.90

may follow, if those make it differ: gateway

1 to create, 1 to change, 1 to replace, 1 to delete: lasting downtime, DATA AT RISK, US$ 7.45 a month.`)
})

test('the totals are data as well', () => {
  expect(totalsOf(plan)).toEqual({
    create: 1,
    update: 1,
    replace: 1,
    delete: 1,
    downtime: 'long',
    dataAtRisk: true,
    monthly: 7.45,
  })
})

test('where somebody bills for it, the sum before and after is told', () => {
  const billed = { ...plan, monthly: { before: 19.67, after: 27.115 } }
  expect(planTable(billed)).toMatch(/, US\$ 27\.1[12] a month, before 19\.67\.$/)
  expect(totalsOf(billed)).toMatchObject({ monthlyBefore: 19.67, monthlyAfter: 27.115 })
  const same = { steps: [], followers: [], monthly: { before: 19.67, after: 19.67 } }
  expect(planTable(same)).toBe('Nothing to change. What stands costs US$ 19.67 a month.')
})

test('no step fits on one line', () => {
  expect(planTable({ steps: [], followers: [] })).toBe('Nothing to change.')
})
