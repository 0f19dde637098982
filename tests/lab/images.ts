import { createHash } from 'node:crypto'
import { cp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type AptSettings, aptSettings } from './box/apt.ts'
import { cached, type Site } from './box/cache.ts'
import { mountOverlay } from './box/mounts.ts'

/**
 * 'bare' is what a fresh virtual machine has; 'prepared' has what a converged one needs; 'cloud' is bare with cloud-init, and
 * 'prepared-cloud' prepared with it.
 */
export type Flavor = 'bare' | 'prepared' | 'cloud' | 'prepared-cloud'

const bare = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'openssh-server',
  'sudo',
  'iproute2',
  'iputils-ping',
  'procps',
  'netbase',
  'tzdata',
  'less',
  'ca-certificates',
  'curl',
]

const prepared = [
  'nginx-light',
  'libnginx-mod-http-brotli-static',
  'postgresql',
  'nftables',
  'unattended-upgrades',
  'systemd-timesyncd',
]

const added: Record<Exclude<Flavor, 'bare'>, string[]> = {
  prepared,
  cloud: ['cloud-init'],
  'prepared-cloud': [...prepared, 'cloud-init'],
}

/** What a fresh machine would not have running, and is in the way of what is to be made of it. */
const disabled: Partial<Record<Flavor, string[]>> = { 'prepared-cloud': ['nginx.service', 'postgresql.service'] }

/**
 * Read-only layers of an image, the uppermost first, made when they are not there. Nothing is ever written to them. The
 * suite is the box's own unless told.
 */
export async function imageLayers(flavor: Flavor, suite?: string, signal?: AbortSignal): Promise<string[]> {
  const apt = await aptSettings(suite)
  const base = await cached(`bare-${keyOf(apt, bare)}`, (site) => buildBase(site, apt), signal)
  if (flavor === 'bare') return [base]
  const packages = added[flavor]
  const off = disabled[flavor]
  const name = `${flavor}-${keyOf(apt, bare, packages, ...(off ? [off] : []))}`
  return [await cached(name, (site) => buildLayer(site, base, packages, off), signal), base]
}

/** Raised when the way of building changes. */
const recipe = 1

function keyOf(apt: AptSettings, ...packages: string[][]): string {
  const parts = JSON.stringify([recipe, apt, packages])
  return `${apt.suite}-${createHash('sha256').update(parts).digest('hex').slice(0, 12)}`
}

async function buildBase({ folder, run }: Site, apt: AptSettings): Promise<string> {
  const layer = join(folder, 'layer')
  const [sources, options] = [join(folder, 'sources.list'), join(folder, 'apt.conf')]
  await writeFile(sources, apt.sources)
  await writeFile(options, apt.options)
  // Debian's smallest system has apt, Ubuntu's has not.
  const include = `--include=${['apt', ...bare].join(',')}`
  await run(['mmdebstrap', '--variant=minbase', include, `--aptopt=${options}`, apt.suite, layer, sources])
  // Each machine is to have its own.
  await run(['sh', '-c', 'cd "$1/etc" && rm -f hostname resolv.conf machine-id ssh/ssh_host_*', 'sh', layer])
  // As the images of the clouds have it: a user who may become root, without a password.
  await run(['chroot', layer, 'useradd', '--create-home', '--shell', '/bin/bash', 'admin'])
  await writeFile(join(layer, 'etc/sudoers.d/admin'), 'admin ALL=(ALL) NOPASSWD:ALL\n', { mode: 0o440 })
  return layer
}

async function buildLayer(
  { folder, run }: Site,
  base: string,
  packages: readonly string[],
  off: readonly string[] = [],
): Promise<string> {
  const root = await mountOverlay(folder, [base])
  const policy = join(root, 'usr/sbin/policy-rc.d')
  // Services start when a machine boots, not here.
  await writeFile(policy, '#!/bin/sh\nexit 101\n', { mode: 0o755 })
  await cp('/etc/resolv.conf', join(root, 'etc/resolv.conf'), { dereference: true })
  await run([
    ...['systemd-nspawn', '--quiet', '--register=no', '--keep-unit', '--pipe', '--resolv-conf=off', '-D', root],
    ...['-E', 'DEBIAN_FRONTEND=noninteractive', 'sh', '-ec', install, 'sh', ...packages],
  ])
  if (off.length > 0) await run(['systemctl', `--root=${root}`, 'disable', ...off])
  for (const it of [policy, join(root, 'etc/resolv.conf')]) await rm(it)
  await run(['umount', root])
  return join(folder, 'upper')
}

const install = `
  apt-get update -qq
  apt-get install -qq --no-install-recommends "$@"
  apt-get clean
  rm -rf /var/lib/apt/lists/*
`
