import { randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { identify } from '../../provisioners/engine/process-identity.ts'
import { withLock } from './box/lock.ts'
import { freePrefix, makeBridge, type Network } from './box/network.ts'
import { must } from './box/run.ts'
import { until } from './box/until.ts'
import { type Flavor, imageLayers } from './images.ts'
import { Machine, type Snapshot } from './machine/machine.ts'
import type { CloudInit } from './machine/seed.ts'
import { missing } from './missing.ts'
import { folderOf, type LabRecord, labsLock, readRecords, writeRecord } from './record.ts'
import { sweep } from './sweep.ts'

export interface LabOptions {
  /** Closes the lab when it aborts. */
  signal?: AbortSignal
  /** How many machines it will run at once, 1 unless told. `startLab` waits until the box has room for so many. */
  machines?: number
}

export interface MachineRequest {
  /** Its host name; 'machine-1' and so on unless told. */
  name?: string
  /** The software it has at first, 'bare' unless told; 'cloud' where there is `cloudInit`. */
  packages?: Flavor
  /** Begins as another one was, instead of as an image. */
  from?: Snapshot
  /** Whom the lab's key lets in: 'root', or 'admin', who has sudo without a password and is the only one then. */
  user?: 'root' | 'admin'
  /** A limit for all that runs on it, caches of files included. */
  memoryMb?: number
  /** The size of its disk; without it what it writes is limited by the box's disk alone, and `fillDisk` cannot be used. */
  diskMb?: number
  /** Handed over as a cloud does it; then it alone decides who is let in. */
  cloudInit?: CloudInit
}

/** Machines of one test file, on a network of their own. */
export interface Lab {
  readonly id: string
  /** The first three numbers of its /24; this box is at .1. */
  readonly prefix: string
  /** Where the lab keeps its things; goes with it. */
  readonly folder: string
  /** Makes a machine; it has booted when this resolves. */
  machine(request?: MachineRequest): Promise<Machine>
  /** Removes all of it, machines and files. Nothing is left on the box; a second call does nothing. */
  close(): Promise<void>
}

/** @throws Error when `missing()` has something to say. */
export async function startLab(options: LabOptions = {}): Promise<Lab> {
  const lacking = await missing()
  if (lacking) throw new Error(`no lab on this box: ${lacking}`)
  const record = await register(options)
  const { id, prefix } = record
  const folder = folderOf(id)
  let closed: Promise<void> | undefined
  const close = () => {
    options.signal?.removeEventListener('abort', close)
    closed ??= sweep(id)
    return closed
  }
  options.signal?.addEventListener('abort', close)
  try {
    const network = await makeBridge(id, prefix)
    const key = await makeKey(folder)
    const machine = machineMaker(record, network, key, options.signal)
    return { id, prefix, folder, machine, close }
  } catch (error) {
    await close()
    throw error
  }
}

/** Labs of all processes together run so many machines at once, so that each of them is quick. */
const capacity = Number(process.env.BOOKSTORE_LAB_MACHINES ?? availableParallelism() * 2)

/** Removes what killed labs have left, waits until there is room for one more, and writes down that it is there. */
async function register({ signal, machines = 1 }: LabOptions): Promise<LabRecord> {
  if (machines > capacity)
    throw new Error(`this box runs ${capacity} machines at once: BOOKSTORE_LAB_MACHINES raises it`)
  const owner = await identify(process.pid)
  const attempt = () =>
    withLock(
      labsLock,
      async () => {
        const { alive, dead } = await readRecords()
        for (const id of dead) await sweep(id)
        const taken = alive.reduce((sum, it) => sum + it.places, 0)
        if (taken + machines > capacity) return undefined
        const prefix = await freePrefix(alive.map((it) => it.prefix))
        const record = { id: randomBytes(3).toString('hex'), owner, prefix, places: machines }
        await writeRecord(record)
        return record
      },
      signal,
    )
  return until(`room for ${machines} more machines`, attempt, { forMs: 30 * 60_000, everyMs: 500, signal })
}

interface Key {
  path: string
  publicKey: string
}

/** The pair that opens every machine of the lab. */
async function makeKey(folder: string): Promise<Key> {
  const path = join(folder, 'key')
  await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-C', 'lab', '-f', path])
  return { path, publicKey: (await readFile(`${path}.pub`, 'utf8')).trim() }
}

function machineMaker(record: LabRecord, network: Network, key: Key, signal?: AbortSignal): Lab['machine'] {
  const standing = new Set<Machine>()
  let made = 0
  return async ({ name, packages, from, user = 'root', ...rest } = {}) => {
    if ([...standing].filter((it) => !it.closed).length >= record.places)
      throw new Error(`this lab has room for ${record.places} machines: startLab({ machines: ${record.places + 1} })`)
    made += 1
    const host = firstHost + made
    const flavor = packages ?? (rest.cloudInit ? 'cloud' : 'bare')
    const machine = await Machine.create({
      ...rest,
      ...{ name: name ?? `machine-${made}`, user, network, host, key, resolvers: [], signal },
      layers: from?.layers ?? (await imageLayers(flavor, signal)),
      folder: join(folderOf(record.id), 'machines', String(host)),
    })
    standing.add(machine)
    return machine
  }
}

/** Below it are this box and what serves the lab. */
const firstHost = 20
