import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Authority, type AuthorityRequest, startAuthority } from './acme/authority.ts'
import { makeBridge, type Network } from './box/network.ts'
import { must } from './box/run.ts'
import { type Flavor, imageLayers } from './images.ts'
import { Machine, type MachineOptions, type Snapshot } from './machine/machine.ts'
import type { CloudInit } from './machine/seed.ts'
import { missing } from './missing.ts'
import { type NameServer, type NameServerRequest, startNameServer } from './names/name-server.ts'
import { folderOf, type LabRecord } from './record.ts'
import { register } from './register.ts'
import { sweep } from './sweep.ts'

export interface LabOptions {
  /** Closes the lab when it aborts. */
  signal?: AbortSignal
  /** How many machines it will run at once, 1 unless told. `startLab` waits until the box has room for so many. */
  machines?: number
  /** 'play' for one that `npm run lab -- down` removes. */
  purpose?: LabRecord['purpose']
}

export interface MachineRequest {
  /** Its host name; 'machine-1' and so on unless told. */
  name?: string
  /** The software it has at first, 'bare' unless told; 'cloud' where there is `cloudInit`. */
  packages?: Flavor
  /** Another release than the box's: 'trixie', which its mirror must have, or 'noble' of an archive of Ubuntu (box/apt.ts). */
  suite?: string
  /** Begins as another one was, instead of as an image. */
  from?: Snapshot
  /** Whom the lab's key lets in: 'root', or 'admin', who has sudo without a password and is the only one then. */
  user?: 'root' | 'admin'
  /** It can serve its files to others by NFS: what it writes has handles (name_to_handle_at(2)). */
  exports?: boolean
  /** A limit for all that runs on it, caches of files included. */
  memoryMb?: number
  /** Docker can run on it. */
  containers?: boolean
  /** The size of its disk; without it what it writes is limited by the box's disk alone, and `fillDisk` cannot be used. */
  diskMb?: number
  /** Handed over as a cloud does it; then it alone decides who is let in. */
  cloudInit?: CloudInit
  /** Told its address when it has one, before it boots. */
  onPlace?: (address: string) => void
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
  /** Authoritative name servers. Made first, every later machine asks them. At most once a lab. */
  nameServer(request: NameServerRequest): Promise<NameServer>
  /** An ACME authority. */
  acme(request: AuthorityRequest): Promise<Authority>
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
  const closing = new AbortController()
  const pending = new Set<Promise<unknown>>()
  /** Nothing may be made any more when the lab is removed. */
  const tracked = <T>(work: Promise<T>): Promise<T> => {
    pending.add(work)
    return work.finally(() => pending.delete(work))
  }
  const remove = async () => {
    options.signal?.removeEventListener('abort', close)
    closing.abort(new Error(`lab ${id} is closed`))
    await Promise.allSettled(pending)
    await sweep(id)
  }
  let removed: Promise<void> | undefined
  const close = () => {
    removed ??= remove()
    return removed
  }
  options.signal?.addEventListener('abort', close)
  try {
    options.signal?.throwIfAborted()
    const network = await makeBridge(id, prefix)
    const { machine, nameServer, acme } = await makers(record, network, closing.signal)
    return {
      ...{ id, prefix, folder, close },
      machine: (request) => tracked(machine(request)),
      nameServer: (request) => tracked(nameServer(request)),
      acme: (request) => tracked(acme(request)),
    }
  } catch (error) {
    await close()
    throw error
  }
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

type Makers = Pick<Lab, 'machine' | 'nameServer' | 'acme'>

async function makers(record: LabRecord, network: Network, signal: AbortSignal): Promise<Makers> {
  const folder = folderOf(record.id)
  const key = await makeKey(folder)
  let resolvers: readonly string[] = []
  let authorities = 0
  const machine = machineMaker(record.places, (number) => {
    const place = { folder: join(folder, 'machines', String(number)), host: firstMachine + number }
    return { ...place, network, key, resolvers, signal }
  })
  return {
    machine,
    nameServer: async (request) => {
      const names = await startNameServer(network, join(folder, 'names'), request, signal)
      resolvers = [names.address]
      return names
    },
    acme: (request) => {
      const host = firstAuthority + authorities++
      return startAuthority(network, host, join(folder, `acme-${host}`), request, signal)
    },
  }
}

/** Last numbers of addresses. Below them are this box and the name servers. */
const firstAuthority = 10
const firstMachine = 20

type Place = Pick<MachineOptions, 'folder' | 'host' | 'network' | 'key' | 'resolvers' | 'signal'>

function machineMaker(places: number, placeOf: (number: number) => Place): Lab['machine'] {
  let begun = 0
  let standing = 0
  const onClose = () => {
    standing -= 1
  }
  return async ({ name, packages, suite, from, user = 'root', ...rest } = {}) => {
    if (standing >= places)
      throw new Error(`this lab has room for ${places} machines at once: startLab({ machines: ${places + 1} })`)
    begun += 1
    standing += 1
    const place = placeOf(begun)
    const flavor = packages ?? (rest.cloudInit ? 'cloud' : 'bare')
    try {
      const layers = from?.layers ?? (await imageLayers(flavor, suite, place.signal))
      return await Machine.create({ ...rest, ...place, name: name ?? `machine-${begun}`, user, layers, onClose })
    } catch (error) {
      onClose()
      throw error
    }
  }
}
