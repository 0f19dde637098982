import { join } from 'node:path'
import type { AwsBlueprint } from '../../blueprints/aws.ts'
import { apply } from '../../engine/apply.ts'
import { failureOf } from '../../engine/converge.ts'
import { BookstoreError } from '../../engine/errors.ts'
import { outlast } from '../../engine/outlast.ts'
import { planDestroy } from '../../engine/plan.ts'
import type { Context } from '../../engine/resource.ts'
import type { Site } from '../../site.ts'
import type { Operator } from '../../targets/operator.ts'
import type { Takedown } from '../../targets/target.ts'
import { backupSite } from '../../vm/backups.ts'
import { certificateAddress } from '../certificate/certificate.ts'
import type { AwsLease } from '../lease.ts'
import { isReachable, machineOf } from '../machine/access.ts'
import type { Parameters } from '../parameters.ts'
import { leftovers } from './leftovers.ts'
import { withAwsLease } from './up.ts'

/**
 * Gives the account back as it was: a last verified backup comes to the operator, everything of ours goes, dependents
 * first, and then it is looked for what is left.
 */
export async function takeDownAws(
  site: Site,
  operator: Operator,
  blueprint: AwsBlueprint,
  purge: boolean,
  ctx: Context,
): Promise<Takedown> {
  const { resources, parameters } = blueprint
  return withAwsLease(blueprint, 'down', ctx, async (lease) => {
    const doomed = await planDestroy(resources, ctx)
    const backup = purge ? undefined : await lastBackup(site, operator, blueprint, ctx)
    const summary = await apply(doomed, resources, ctx, { beforeChange: () => lease.check() })
    const failure = failureOf(summary, ctx.signal)
    if (failure) throw failure
    const left = await leftovers(blueprint, ctx)
    if (left.length === 0) await forgetAll(parameters, lease, ctx)
    return {
      stopped: doomed.steps.map(({ label }) => label),
      leftovers: left,
      outcome: [
        'Nothing of the shop is left in the account.',
        ...(doomed.steps.some(({ address }) => address === certificateAddress) ? [keysGone] : []),
        ...(backup === undefined ? [] : [`The last backup is ${backup}.`]),
      ].join(' '),
    }
  })
}

/** The last call: the lease goes with all else. Ctrl-C in the middle of it would leave others in doubt about the lease. */
async function forgetAll(parameters: Parameters, lease: AwsLease, ctx: Context): Promise<void> {
  const names = (await parameters.fresh(ctx)).map(({ name }) => name)
  const { signal, end } = outlast(ctx.signal, lastCallMs)
  try {
    await lease.end()
    await parameters.remove(names, { ...ctx, signal })
  } finally {
    end()
  }
}

/** Two seconds are what an interruption may take. */
const lastCallMs = 1_500

const keysGone = 'The keys of its certificate and of its account at the authority are gone, too; nothing is revoked.'

/** Undefined where there is no machine that could have data. */
async function lastBackup(
  site: Site,
  operator: Operator,
  blueprint: AwsBlueprint,
  ctx: Context,
): Promise<string | undefined> {
  if (blueprint.machine.seen() === undefined) return undefined
  if (!isReachable(blueprint)) throw unreachable()
  site.vm = await machineOf(site, blueprint, ctx)
  const time = ctx.clock.now().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  const file = join(site.home, `last-backup-${time}.tar.gz`)
  try {
    await backupSite(site, operator, file, ctx)
    return file
  } catch (error) {
    // A machine on which nothing was ever opened has nothing to lose.
    if (error instanceof BookstoreError && error.code === 'nothing-serves') return undefined
    ctx.signal.throwIfAborted()
    throw noBackup(error)
  }
}

function unreachable(): BookstoreError {
  return new BookstoreError('The machine does not run at its address, so its last backup cannot be taken.', {
    code: 'no-last-backup',
    fault: 'user',
    hint: 'Start it (bookstore up), or go without a backup: bookstore down --purge',
  })
}

function noBackup(cause: unknown): BookstoreError {
  const why = cause instanceof Error ? cause.message : String(cause)
  return new BookstoreError(`The last backup could not be taken, so nothing was removed: ${why}`, {
    code: 'no-last-backup',
    fault: 'remote',
    hint: 'Mend it (bookstore up), or go without a backup: bookstore down --purge',
    cause,
  })
}
