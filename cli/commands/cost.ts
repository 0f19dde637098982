import { exit } from '../../provisioners/engine/errors.ts'
import type { CostReport } from '../../provisioners/targets/target.ts'
import type { Verb } from '../verb.ts'

export const cost: Verb = {
  name: 'cost',
  summary: 'say what the shop costs a month at AWS',
  async run(invocation) {
    const { cloudOf } = await import('../frame/cloud.ts')
    const report = await (await cloudOf(invocation, 'cost')).costs()
    return {
      status: exit.done,
      result: { ...report },
      text: textOf(report),
      next: ['bookstore plan', 'bookstore policy'],
    }
  },
}

function textOf({ lines, monthly, asOf, beside }: CostReport): string {
  const rows = [...lines, { what: 'together', monthly }]
  const width = Math.max(...rows.map(({ what }) => what.length)) + 2
  const table = rows.map(({ what, monthly: each }) => what.padEnd(width) + amountOf(each).padStart(10))
  const known =
    asOf === undefined
      ? 'The prices of this region are not in our table. Add them: npm run prices REGION'
      : `US dollars a month, on demand, without tax; prices of ${asOf}. Newer ones: npm run prices`
  return [...table, '', known, `Not counted: ${beside}`].join('\n')
}

function amountOf(monthly: number | undefined): string {
  return monthly === undefined ? 'unknown' : monthly.toFixed(2)
}
