import type { AwsBlueprint } from '../../blueprints/aws.ts'
import { apply, type Summary } from '../../engine/apply.ts'
import { failureOf } from '../../engine/converge.ts'
import type { Lease } from '../../engine/lease.ts'
import { plan } from '../../engine/plan.ts'
import type { Context } from '../../engine/resource.ts'
import type { Plan } from '../../engine/step.ts'
import type { Site } from '../../site.ts'
import type { Operator } from '../../targets/operator.ts'
import { bringUp } from '../../vm/bring-up.ts'
import { rememberIssued } from '../account/issued.ts'
import { apart, handoverFor, sign, tellFailure } from '../certificate/signing.ts'
import { takeAwsLease } from '../lease.ts'
import { machineOf } from '../machine/access.ts'
import { firstEntrance } from '../machine/first-entrance.ts'
import { monthlyOf } from '../prices/prices.ts'
import { billedIn } from './costs.ts'
import { tellNames } from './tell-names.ts'
import { unmendable } from './unmendable.ts'

/**
 * Makes what is missing at AWS and mends what differs, under the lease; then the machine, whose own lock guards it. Where
 * nothing differs at AWS, nothing is written there.
 */
export async function bringUpAws(
  site: Site,
  operator: Operator,
  blueprint: AwsBlueprint,
  verb: string,
  ctx: Context,
): Promise<Summary> {
  const { steps } = await plan(blueprint.resources, ctx)
  for (const note of unmendable(site, blueprint)) ctx.emit(note)
  const injected = await blueprint.hostKeys.areInjected(ctx)
  if (steps.length === 0 && !injected) return onMachine(site, operator, blueprint, ctx)
  return withAwsLease(blueprint, verb, ctx, async (lease) => {
    const { certificate, rest } = apart(await plan(blueprint.resources, ctx))
    const signing = sign(certificate, blueprint, lease, ctx)
    try {
      const made = await convergeAws(blueprint, lease, ctx, rest)
      const signed = async () => tellFailure(await signing, ctx)
      const there = await onMachine(site, operator, blueprint, ctx, { signed, check: () => lease.check() })
      if (made.done.length > 0) await finish(site, blueprint, ctx)
      const done = [...made.done, ...((await signing)?.done ?? []), ...there.done]
      return { ...there, done, durationMs: made.durationMs + there.durationMs }
    } finally {
      // It writes parameters, for which the lease is needed.
      await signing
    }
  })
}

/** What a new machine is worth knowing of. */
async function finish(site: Site, blueprint: AwsBlueprint, ctx: Context): Promise<void> {
  const at = blueprint.address.seen()
  if (at) await rememberIssued(site, at.ip, ctx)
  tellCosts(blueprint, ctx)
}

function tellCosts(blueprint: AwsBlueprint, ctx: Context): void {
  const monthly = monthlyOf(billedIn(blueprint))
  if (monthly === undefined) return
  const message = `What stands at AWS costs about US$ ${monthly.toFixed(2)} a month, traffic aside.`
  ctx.emit({ type: 'note', level: 'info', message, hint: 'In detail: bookstore cost' })
}

/** Holds the lease of the stack while `work` runs, and releases it on every way out. */
export async function withAwsLease<T>(
  { stack, parameters }: AwsBlueprint,
  verb: string,
  ctx: Context,
  work: (lease: Awaited<ReturnType<typeof takeAwsLease>>) => Promise<T>,
): Promise<T> {
  const lease = await takeAwsLease({ aws: stack.aws, parameters, verb }, ctx)
  try {
    return await work(lease)
  } finally {
    await lease.release()
  }
}

/**
 * Plans again, now that nobody else changes anything, and does it; or a part of what was planned so.
 * @throws The first failure, with what stands.
 */
export async function convergeAws(
  { resources }: AwsBlueprint,
  lease: Lease,
  ctx: Context,
  part?: Plan,
): Promise<Summary> {
  const steps = part ?? (await plan(resources, ctx))
  const summary = await apply(steps, resources, ctx, { beforeChange: () => lease.check() })
  const failure = failureOf(summary, ctx.signal)
  if (failure) throw failure
  return summary
}

interface Meanwhile {
  /** Resolves when it is clear whether there is a certificate. */
  signed(): Promise<void>
  check(): Promise<void>
}

const nothingMeanwhile: Meanwhile = { signed: async () => {}, check: async () => {} }

async function onMachine(
  site: Site,
  operator: Operator,
  blueprint: AwsBlueprint,
  ctx: Context,
  { signed, check }: Meanwhile = nothingMeanwhile,
): Promise<Summary> {
  site.vm = await machineOf(site, blueprint, ctx)
  await firstEntrance(site, operator, blueprint, ctx)
  await check()
  const summary = await bringUp(site, operator, ctx, async () => {
    await signed()
    return handoverFor(site, blueprint, ctx)
  })
  tellNames(site, blueprint, ctx)
  return summary
}
