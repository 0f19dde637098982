import { stringify } from 'yaml'
import type { Machine } from '../machine/machine.ts'
import type { NameServer } from '../names/name-server.ts'

interface Parts {
  domain: string
  machine: Pick<Machine, 'ssh' | 'hostKeys'>
  names: Pick<NameServer, 'address' | 'key'>
  authority: { directoryUrl: string /** PEM file: of its API, and of what it signs. */; roots: string }
}

/** The bookstore.yaml of a shop on a machine of the lab. */
export function configurationFor({ domain, machine, names, authority }: Parts): string {
  const { host, username, privateKeyPath } = machine.ssh
  const hostKey = machine.hostKeys.find(({ type }) => type === 'ssh-ed25519')?.fingerprint
  return stringify({
    domain,
    aliases: [`www.${domain}`],
    target: 'vm',
    vm: { machines: [{ host, user: username, key: privateKeyPath, hostKey }] },
    certificates: { authority: authority.directoryUrl, ca: authority.roots },
    dns: { provider: 'rfc2136', server: names.address, key: names.key.name },
  })
}
