import { stateOf } from '../../../provisioners/engine/process-identity.ts'
import { withLock } from '../box/lock.ts'
import { until } from '../box/until.ts'
import { labsLock, readRecords } from '../record.ts'
import { sweep } from '../sweep.ts'

/** Ends the labs that `up` has started, wherever that was, and removes what killed ones have left. Those of tests stay. */
export async function down(say: (line: string) => void): Promise<void> {
  const { alive, dead } = await withLock(labsLock, async () => {
    const records = await readRecords()
    for (const id of records.dead) await sweep(id)
    return records
  })
  const played = alive.filter(({ purpose }) => purpose === 'play')
  for (const { owner } of played) process.kill(owner.pid, 'SIGTERM')
  for (const { id, owner } of played)
    await until(`the owner of lab ${id} ends`, async () => (await stateOf(owner)) === 'gone')
  const gone = [...dead, ...played.map(({ id }) => id)]
  say(gone.length > 0 ? `Removed: ${gone.join(', ')}` : 'There is no lab.')
}
