import { homedir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../engine/resource.ts'
import type { MachineSettings, Site } from '../site.ts'
import { type Connection, connect } from '../ssh/connection.ts'
import { HostKeyUnknown } from '../ssh/errors.ts'
import { pinKey } from '../ssh/known-hosts.ts'
import type { Operator } from '../targets/operator.ts'

/** The host keys that this site's operators have confirmed. */
export function knownHostsOf({ home }: Pick<Site, 'home'>): string {
  return join(home, 'known_hosts')
}

/**
 * Enters a machine. A host key that nobody has vouched for is shown, and kept when the operator confirms it: in our own
 * file, beside what they have confirmed to ssh(1) already.
 *
 * @param inTurn Lets those who enter several machines at once be asked one thing at a time.
 * @throws What `connect` throws; what `confirm` throws when the answer is no.
 */
export async function enter(
  site: Pick<Site, 'home'>,
  machine: MachineSettings,
  operator: Operator,
  { signal }: Context,
  inTurn: <T>(work: () => Promise<T>) => Promise<T> = (work) => work(),
): Promise<Connection> {
  const ours = knownHostsOf(site)
  const options = {
    knownHosts: [ours, join(homedir(), '.ssh', 'known_hosts')],
    agentSocket: operator.environment.SSH_AUTH_SOCK,
    signal,
  }
  try {
    return await connect(machine, options)
  } catch (error) {
    if (!(error instanceof HostKeyUnknown)) throw error
    const { shown } = error
    await inTurn(async () => {
      await operator.confirm(
        `${machine.host} has not been entered before. Its ${shown.type} key is ${shown.fingerprint}. Is that the right machine?`,
      )
      await pinKey(ours, machine, shown)
    })
    return connect(machine, options)
  }
}

/** A machine that could not be entered, and why. */
export interface Lost {
  machine: MachineSettings
  error: unknown
}

/**
 * Enters several machines at once, and leaves them whatever comes of `work`. Questions come one after the other.
 *
 * @param onLost Told of machines that could not be entered; `work` then has the connections of the others. Without it one such
 *   machine ends it all.
 */
export async function withConnections<T>(
  site: Pick<Site, 'home'>,
  machines: readonly MachineSettings[],
  operator: Operator,
  ctx: Context,
  work: (connections: readonly Connection[], machines: readonly MachineSettings[]) => Promise<T>,
  onLost?: (lost: Lost) => void,
): Promise<T> {
  let before: Promise<unknown> = Promise.resolve()
  const inTurn = <T>(work: () => Promise<T>): Promise<T> => {
    const mine = before.then(work)
    before = mine.catch(() => {})
    return mine
  }
  const entering = await Promise.allSettled(machines.map((each) => enter(site, each, operator, ctx, inTurn)))
  const connections = entering.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []))
  try {
    const lost = machines.flatMap((machine, at) => {
      const each = entering[at]
      return each?.status === 'rejected' ? [{ machine, error: each.reason as unknown }] : []
    })
    if (lost[0] && (!onLost || connections.length === 0)) throw lost[0].error
    for (const each of lost) onLost?.(each)
    const entered = machines.filter((machine) => !lost.some((each) => each.machine === machine))
    return await work(connections, entered)
  } finally {
    for (const connection of connections) connection.close()
  }
}
