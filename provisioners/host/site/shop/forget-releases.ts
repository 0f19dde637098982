import { basename, dirname } from 'node:path'
import { argv, execPath } from 'node:process'
import { BookstoreError } from '../../../engine/errors.ts'
import type { Context } from '../../../engine/resource.ts'
import { pruneReleases } from '../../../releases/machine/index.ts'
import type { Host } from '../../host.ts'
import { machine } from '../../layout.ts'
import { withLock } from '../../machine/lock.ts'
import { readHistory } from './history.ts'
import { activeSlot } from './slot.ts'

/** How many stay, beside those that the slots hold and the one that served before. */
const olderReleases = 3

/**
 * Removes what nobody goes back to: releases, and the runtimes and agents that came with them. While a release is being
 * sent nothing is removed: the run that wants it does that.
 */
export async function forgetReleases(host: Host, ctx: Context): Promise<void> {
  const holder = { verb: 'prune', by: host.by, since: ctx.clock.now().toISOString() }
  await withLock(machine.uploadLock, holder, 0, ctx, () => prune(host)).catch((error: unknown) => {
    if (!(error instanceof BookstoreError && error.code === 'busy')) throw error
  })
}

async function prune(host: Host): Promise<void> {
  const active = (await activeSlot())?.settings.release
  const before = (await readHistory(host)).findLast((each) => each.result === 'served' && each.release !== active)
  await pruneReleases({ keep: before ? [before.release] : [], more: olderReleases, layers: ownLayers() })
}

/** Names of the runtime and the agent that do this very work: they stay, whatever release they came with. */
function ownLayers(): readonly string[] {
  return [dirname(dirname(execPath)), dirname(argv[1] ?? '')].map((folder) => basename(folder))
}
