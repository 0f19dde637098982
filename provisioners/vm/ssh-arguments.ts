import { homedir } from 'node:os'
import { join } from 'node:path'
import { BookstoreError, exit } from '../engine/errors.ts'
import type { MachineSettings, Site } from '../site.ts'
import { quoteArgv } from '../ssh/quote.ts'
import { knownHostsOf } from './enter.ts'

/**
 * How ssh(1) enters a machine of the site: with the keys that we vouch for, and no other.
 * @throws BookstoreError with status 64 for a machine that is not of the site.
 */
export function sshArguments(site: Site, name: unknown, command: readonly string[]): readonly string[] {
  const { host, port, user, key } = machineOf(site, name)
  const known = [knownHostsOf(site), join(homedir(), '.ssh', 'known_hosts')]
  return [
    'ssh',
    ...['-o', `UserKnownHostsFile=${known.map((file) => `"${file}"`).join(' ')}`],
    ...['-p', String(port)],
    ...(key === undefined ? [] : ['-i', key.startsWith('~/') ? join(homedir(), key.slice(2)) : key]),
    ...(command.length === 0 ? ['-t'] : []),
    `${user}@${host}`,
    ...(command.length === 0 ? [] : ['--', quoteArgv(command)]),
  ]
}

function machineOf({ target, vm }: Site, name: unknown): MachineSettings {
  const machines = vm?.machines ?? []
  const found = name === undefined ? machines[0] : machines.find(({ host }) => host === name)
  if (found && (machines.length === 1 || name !== undefined)) return found
  const names = machines.map(({ host }) => host).join(', ')
  const message = found
    ? `There are ${machines.length} machines.`
    : machines.length === 0
      ? `The target ${target} has no machine to enter.`
      : `There is no machine '${String(name)}'.`
  throw new BookstoreError(message, {
    code: 'unknown-machine',
    fault: 'user',
    status: exit.usage,
    hint: machines.length === 0 ? 'Machines are a matter of target: vm.' : `Say which: --machine with one of ${names}.`,
  })
}
