import { itemAddress } from './address.ts'
import type { Item } from './manifest.ts'

export interface BaseOptions {
  /** Who logs in to operate the machine, and the port by which. */
  ssh: { user: string; port: number }
  /** Beside SSH; those without `from` to everybody. */
  open: readonly { port: number; protocol?: 'tcp' | 'udp'; from?: readonly string[] }[]
  /** Beside those that the base itself needs; `off` as the kind `packages` has it. */
  packages: readonly { name: string; off?: readonly string[] }[]
}

/** Address of the item with all packages: what needs one of them depends on it. */
export const packagesAddress = itemAddress('packages', 'all')

const needed = [{ name: 'iproute2' }, { name: 'nftables' }, { name: 'unattended-upgrades' }]

/** What every machine of ours gets, whatever runs on it. */
export function baseItems({ ssh, open, packages }: BaseOptions): readonly Item[] {
  const names = new Set(packages.map(({ name }) => name))
  return [
    item('packages', 'all', 'packages', {
      packages: [...packages, ...needed.filter(({ name }) => !names.has(name))],
    }),
    item('firewall', 'all', 'firewall', { open, ssh: [ssh.port] }, packagesAddress),
    item('sshd', 'all', 'SSH without passwords', { user: ssh.user }),
    item('time-sync', 'all', 'clock', {}, packagesAddress),
    item('swap', 'all', 'swap', {}),
    ...journal,
    ...upgrades,
  ]
}

const journalPath = '/etc/systemd/journald.conf.d/bookstore.conf'

/** The journal must not fill a small disk. */
const journal: readonly Item[] = [
  item('file', 'journal', "the journal's limits", {
    path: journalPath,
    content: '[Journal]\nSystemMaxUse=200M\nMaxRetentionSec=30day\n',
  }),
  item(
    'systemd-unit',
    'journal',
    'journal',
    { unit: 'systemd-journald.service', running: true, restartOn: [journalPath] },
    itemAddress('file', 'journal'),
  ),
]

/** Security fixes are installed daily. A restart of the machine stays the operator's. */
const upgrades: readonly Item[] = [
  item(
    'file',
    'upgrades',
    'automatic upgrades',
    {
      // After 20auto-upgrades and 50unattended-upgrades: in apt the last value wins.
      path: '/etc/apt/apt.conf.d/52bookstore',
      content: `// Written by bookstore.
APT::Periodic::Update-Package-Lists "1";
APT::Periodic::Unattended-Upgrade "1";
APT::Periodic::AutocleanInterval "7";
Unattended-Upgrade::Automatic-Reboot "false";
`,
    },
    packagesAddress,
  ),
  ...['apt-daily.timer', 'apt-daily-upgrade.timer'].map((unit) =>
    item('systemd-unit', unit, unit, { unit, enabled: true, running: true }, itemAddress('file', 'upgrades')),
  ),
]

function item(
  kind: string,
  name: string,
  label: string,
  spec: unknown,
  ...dependsOn: Item['dependsOn'][number][]
): Item {
  return { kind, name, label, dependsOn, spec }
}
