import { createHash } from 'node:crypto'
import { chown, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { must } from '../box/run.ts'

export interface CloudInit {
  /** '#cloud-config …' or a script, as a cloud would be given it. */
  userData: string
  /** Added to instance-id and local-hostname. */
  metaData?: Record<string, string>
  /** Whom the metadata's public keys let in, as an image of a cloud has it: 'ubuntu'. Debian's own unless told. */
  defaultUser?: string
  /** Of every unit of the machine. */
  environment?: Record<string, string>
}

export interface HostKey {
  /** 'ssh-ed25519'. */
  type: string
  /** As in a known_hosts file: 'ssh-ed25519 AAAA…'. */
  publicKey: string
  /** 'SHA256:…', as ssh shows it. */
  fingerprint: string
}

/** What makes a machine this one: its name, its host keys, whose key it lets in, whom it asks for names. */
export interface Identity {
  name: string
  user: 'root' | 'admin'
  /** A line of authorized_keys. */
  authorizedKey: string
  /** Addresses of name servers; this box's own when empty. */
  resolvers: readonly string[]
  cloudInit?: CloudInit | undefined
  containers?: boolean | undefined
}

/** Writes it into the machine's file system before its first boot. */
export async function seed(root: string, identity: Identity): Promise<void> {
  const { name, user, authorizedKey, resolvers, cloudInit, containers } = identity
  const put = async (path: string, text: string, mode = 0o644) => {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), text, { mode })
  }
  // Empty: systemd makes one at the boot.
  await put('etc/machine-id', '')
  await put('etc/hostname', `${name}\n`)
  await put('etc/hosts', `127.0.0.1 localhost\n127.0.1.1 ${name}\n::1 localhost ip6-localhost ip6-loopback\n`)
  await put('etc/resolv.conf', await resolvConf(resolvers))
  if (containers) await seedContainers(put, root)
  if (cloudInit) return seedCloudInit(put, name, cloudInit)
  for (const type of ['ed25519', 'ecdsa'])
    await must(['ssh-keygen', '-q', '-t', type, '-N', '', '-C', `root@${name}`, '-f', join(root, hostKeyFile(type))])
  const home = user === 'root' ? '/root' : '/home/admin'
  await put(`${home}/.ssh/authorized_keys`, `${authorizedKey}\n`, 0o600)
  if (user === 'admin')
    for (const it of ['.ssh', '.ssh/authorized_keys']) await chown(join(root, home, it), adminId, adminId)
}

const wantedBy = 'etc/systemd/system/multi-user.target.wants'

/** systemd-nspawn gives a machine the box's hierarchies of control groups to read; Docker writes to those that it finds. */
const groupsUnit = `[Unit]
Description=control groups for Docker
Before=docker.service containerd.service

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'umount /sys/fs/cgroup/cpuset; for it in /sys/fs/cgroup/*; do mount -o remount,bind,rw $it; done; true'

[Install]
WantedBy=multi-user.target
`

/** In a machine. Its own disk is an overlay, and on one of those Docker would copy whole images for each container. */
export const containersDisk = '/var/lib/lab-containers'

async function seedContainers(put: Put, root: string): Promise<void> {
  await put('etc/systemd/system/lab-groups.service', groupsUnit)
  await link('../lab-groups.service', join(root, wantedBy, 'lab-groups.service'))
  await link(containersDisk, join(root, 'var/lib/docker'))
}

async function link(target: string, path: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await symlink(target, path)
}

/** The first ordinary user of a machine; images.ts makes it. */
const adminId = 1000

const hostKeyFile = (type: string) => `etc/ssh/ssh_host_${type}_key`

async function resolvConf(resolvers: readonly string[]): Promise<string> {
  if (resolvers.length === 0) return readFile('/etc/resolv.conf', 'utf8')
  return resolvers.map((it) => `nameserver ${it}\n`).join('')
}

type Put = (path: string, text: string, mode?: number) => Promise<void>

async function seedCloudInit(
  put: Put,
  name: string,
  { userData, metaData, defaultUser, environment }: CloudInit,
): Promise<void> {
  if (environment) {
    const assignments = Object.entries(environment).map(([key, value]) => `"${key}=${value}"`)
    await put('etc/systemd/system.conf.d/lab.conf', `[Manager]\nDefaultEnvironment=${assignments.join(' ')}\n`)
  }
  const meta = { 'instance-id': `i-${name}`, 'local-hostname': name, ...metaData }
  const lines = Object.entries(meta).map(([key, value]) => `${key}: ${JSON.stringify(value)}\n`)
  await put('var/lib/cloud/seed/nocloud/user-data', userData, 0o600)
  await put('var/lib/cloud/seed/nocloud/meta-data', lines.join(''))
  const settings = 'datasource_list: [NoCloud, None]\nnetwork: {config: disabled}\nlocale: false\n'
  await put('etc/cloud/cloud.cfg.d/90-lab.cfg', settings + (defaultUser ? userSetting(defaultUser) : ''))
}

function userSetting(name: string): string {
  const user = { name, shell: '/bin/bash', lock_passwd: true, sudo: ['ALL=(ALL) NOPASSWD:ALL'] }
  return `system_info: ${JSON.stringify({ default_user: user })}\n`
}

/** What another machine made of the same file system must not share with it. */
export async function forgetIdentity(upper: string): Promise<void> {
  const found = await readdir(join(upper, 'etc/ssh')).catch(() => [])
  for (const file of found.filter((it) => it.startsWith('ssh_host_'))) await rm(join(upper, 'etc/ssh', file))
  for (const path of [
    'etc/machine-id',
    'var/lib/cloud',
    'root/.ssh/authorized_keys',
    'home/admin/.ssh/authorized_keys',
  ])
    await rm(join(upper, path), { recursive: true, force: true })
}

export async function readHostKeys(root: string): Promise<HostKey[]> {
  const folder = join(root, 'etc/ssh')
  const files = (await readdir(folder)).filter((it) => /^ssh_host_\w+_key\.pub$/.test(it)).sort()
  return Promise.all(files.map(async (file) => hostKeyOf(await readFile(join(folder, file), 'utf8'))))
}

function hostKeyOf(line: string): HostKey {
  const [type = '', key = ''] = line.split(' ')
  const hash = createHash('sha256').update(Buffer.from(key, 'base64')).digest('base64').replace(/=+$/, '')
  return { type, publicKey: `${type} ${key}`, fingerprint: `SHA256:${hash}` }
}
