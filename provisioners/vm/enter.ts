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
 * @throws What `connect` throws; what `confirm` throws when the answer is no.
 */
export async function enter(
  site: Pick<Site, 'home'>,
  machine: MachineSettings,
  operator: Operator,
  { signal }: Context,
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
    await operator.confirm(
      `${machine.host} has not been entered before. Its ${error.shown.type} key is ${error.shown.fingerprint}. Is that the right machine?`,
    )
    await pinKey(ours, machine, error.shown)
    return connect(machine, options)
  }
}
