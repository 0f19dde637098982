import { type ChildProcess, spawn } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { inGroups } from '../box/cgroups.ts'
import { containersDisk } from './seed.ts'

/** A `systemd-nspawn` that is running: the machine while it is switched on. */
export interface Power {
  /** Of the machine's first process, as this box numbers it; undefined until there is one and after the end. */
  leader(): Promise<number | undefined>
  /** Resolves when the machine is off: 'reboot' when it asked to be started again. */
  ended: Promise<'off' | 'reboot'>
  /** The last of what it printed on its console. */
  console(): string
}

export interface BootOptions {
  root: string
  name: string
  namespace: string
  groups: readonly string[]
  /** Folder of this box for what its own containers are made of; without it there can be none. */
  containers: string | undefined
  /** A server of files may find them by their handles. */
  exports: boolean
}

/** What systemd-nspawn ends with when the machine wants to be started again. */
const wantsReboot = 133

export function powerOn({ root, name, namespace, groups, containers, exports }: BootOptions): Power {
  const nspawn = [
    ...['systemd-nspawn', '--quiet', '--register=no', '--keep-unit', '--console=passive', '--boot'],
    ...['-D', root, `--machine=${namespace}`, `--hostname=${name}`, `--network-namespace-path=/run/netns/${namespace}`],
    // A network namespace that we made ourselves would otherwise be beyond its services: no nftables.
    '--capability=CAP_NET_ADMIN',
    // What runc does before it starts a container.
    ...(exports ? ['--system-call-filter=open_by_handle_at'] : []),
    ...(containers ? ['--system-call-filter=@keyring bpf', `--bind=${containers}:${containersDisk}`] : []),
    ...['--resolv-conf=off', '--timezone=off', '--link-journal=no'],
  ]
  const [program = '', ...args] = inGroups(groups, nspawn)
  // Detached: Ctrl-C on a terminal is for the owner, who switches the machine off in its own way.
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (text) => {
      printed = (printed + text).slice(-8_192)
    })
  return { leader: () => leaderOf(child), ended: endOf(child), console: () => printed }
}

function endOf(child: ChildProcess): Promise<'off' | 'reboot'> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => resolve(status === wantsReboot ? 'reboot' : 'off'))
  })
}

/** The child of systemd-nspawn that is process 1 of its own process namespace. */
async function leaderOf({ pid, exitCode, signalCode }: ChildProcess): Promise<number | undefined> {
  if (pid === undefined || exitCode !== null || signalCode !== null) return undefined
  const children = await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8').catch(() => '')
  for (const child of children.split(' ').filter(Boolean)) {
    const status = await readFile(`/proc/${child}/status`, 'utf8').catch(() => '')
    if (/^NSpid:.*\s1$/m.test(status) && /^Name:\s+systemd$/m.test(status)) return Number(child)
  }
  return undefined
}
