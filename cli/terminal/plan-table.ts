import type { StepAction } from '../../provisioners/engine/events.ts'
import type { Cost } from '../../provisioners/engine/resource.ts'
import type { Plan, Step } from '../../provisioners/engine/step.ts'
import { fitTo } from './text.ts'

const order: readonly StepAction[] = ['create', 'update', 'replace', 'delete']
const headings: Record<StepAction, string> = {
  create: 'create',
  update: 'change',
  replace: 'replace',
  delete: 'delete',
}
const downtimes: Record<Cost['downtime'], string> = { none: 'none', brief: 'seconds', long: 'lasting' }
const columns = [40, 12, 12] as const

/** What a plan costs in all, for people and for --json. */
export interface PlanTotals {
  create: number
  update: number
  replace: number
  delete: number
  downtime: Cost['downtime']
  dataAtRisk: boolean
  monthly: number
  /** What stands and what stands afterwards, where it is billed for and all prices are known. */
  monthlyBefore?: number
  monthlyAfter?: number
}

export function totalsOf({ steps, monthly }: Plan): PlanTotals {
  const count = (action: StepAction) => steps.filter((step) => step.action === action).length
  const worst = (['long', 'brief'] as const).find((it) => steps.some((step) => step.cost.downtime === it))
  return {
    create: count('create'),
    update: count('update'),
    replace: count('replace'),
    delete: count('delete'),
    downtime: worst ?? 'none',
    dataAtRisk: steps.some((step) => step.cost.dataAtRisk),
    monthly: Math.round(steps.reduce((sum, step) => sum + step.cost.monthly, 0) * 100) / 100,
    ...(monthly === undefined ? {} : { monthlyBefore: monthly.before, monthlyAfter: monthly.after }),
  }
}

/** The plan as a table grouped by what is done, at most 80 columns, and its sum in one line. */
export function planTable(plan: Plan): string {
  if (plan.steps.length === 0) return `Nothing to change.${standing(plan)}`
  const groups = order.flatMap((action) => group(action, plan.steps))
  return [...groups, ...followers(plan), sum(totalsOf(plan))].join('\n')
}

function group(action: StepAction, steps: readonly Step[]): readonly string[] {
  const own = steps.filter((step) => step.action === action)
  if (own.length === 0) return []
  return [line(headings[action], 'downtime', 'data', 'US$/month'), ...own.flatMap(stepLines), '']
}

function stepLines({ label, changes, because, cost }: Step): readonly string[] {
  const risk = cost.dataAtRisk ? 'AT RISK' : 'safe'
  return [
    line(`  ${label}`, downtimes[cost.downtime], risk, money(cost.monthly)),
    ...changes.map(({ field, from, to }) => cut(`      ${field}: ${show(from)} -> ${show(to)}`)),
    ...because.map((reason) => cut(`      because ${reason}`)),
  ]
}

function line(first: string, downtime: string, data: string, monthly: string): string {
  const cells = [first, downtime, data].map((cell, position) => fitTo(cell, columns[position] ?? 0, '~'))
  return `${cells.join(' ')} ${monthly.padStart(10)}`.trimEnd()
}

function followers(plan: Plan): readonly string[] {
  if (plan.followers.length === 0) return []
  return [`may follow, if those make it differ: ${plan.followers.map((it) => it.label).join(', ')}`, '']
}

function sum(totals: PlanTotals): string {
  const counts = order
    .filter((action) => totals[action] > 0)
    .map((action) => `${totals[action]} to ${headings[action]}`)
  const downtime =
    totals.downtime === 'none'
      ? 'no downtime'
      : totals.downtime === 'brief'
        ? 'seconds of downtime'
        : 'lasting downtime'
  const data = totals.dataAtRisk ? 'DATA AT RISK' : 'no data at risk'
  return `${counts.join(', ')}: ${downtime}, ${data}, ${priceOf(totals)}.`
}

function priceOf({ monthly, monthlyBefore, monthlyAfter }: PlanTotals): string {
  if (monthlyBefore !== undefined && monthlyAfter !== undefined)
    return `US$ ${money(monthlyAfter)} a month, before ${money(monthlyBefore)}`
  return monthly === 0 ? 'no cost' : `US$ ${money(monthly)} a month`
}

function standing({ monthly }: Plan): string {
  return monthly === undefined ? '' : ` What stands costs US$ ${money(monthly.before)} a month.`
}

function money(amount: number): string {
  return amount.toFixed(2)
}

function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
}

function cut(text: string): string {
  return fitTo(text.replaceAll(/\s*\n\s*/g, ' '), 79, '~').trimEnd()
}
