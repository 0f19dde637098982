import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import { identify } from '../../provisioners/engine/process-identity.ts'
import { withLock } from './box/lock.ts'
import { freePrefix } from './box/network.ts'
import { until } from './box/until.ts'
import { type LabRecord, labsLock, readRecords, writeRecord } from './record.ts'
import { sweep } from './sweep.ts'

/** Labs of all processes together run so many machines at once, so that each of them is quick. */
const capacity = Number(process.env.BOOKSTORE_LAB_MACHINES ?? availableParallelism() * 2)

interface Wish {
  machines?: number
  purpose?: LabRecord['purpose']
  signal?: AbortSignal
}

/**
 * Removes what killed labs have left, waits until there is room for `machines` more, and writes down that they will be
 * there. A lab takes all its places at once: two that each wait for the other's last one would wait for ever.
 */
export async function register({ machines = 1, purpose = 'test', signal }: Wish): Promise<LabRecord> {
  if (machines > capacity)
    throw new Error(`this box runs ${capacity} machines at once: BOOKSTORE_LAB_MACHINES raises it`)
  let told = false
  const attempt = async () => {
    const answer = await withLock(labsLock, () => takePlaces(machines, purpose), signal)
    if ('record' in answer) return answer.record
    if (!told)
      process.stderr.write(
        `waiting for room for ${machines} of ${capacity} machines (BOOKSTORE_LAB_MACHINES): ${answer.busy}\n`,
      )
    told = true
    return undefined
  }
  return until(`room for ${machines} machines`, attempt, { forMs: 30 * 60_000, everyMs: 500, signal })
}

async function takePlaces(
  machines: number,
  purpose: LabRecord['purpose'],
): Promise<{ record: LabRecord } | { busy: string }> {
  const { alive, dead } = await readRecords()
  for (const id of dead) await sweep(id)
  const taken = alive.reduce((sum, it) => sum + it.places, 0)
  if (taken + machines > capacity)
    return { busy: alive.map((it) => `lab ${it.id} of process ${it.owner.pid} runs ${it.places}`).join(', ') }
  const prefix = await freePrefix(alive.map((it) => it.prefix))
  const [id, owner] = [randomBytes(3).toString('hex'), await identify(process.pid)]
  const record = { id, owner, prefix, places: machines, purpose }
  await writeRecord(record)
  return { record }
}
