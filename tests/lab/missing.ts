import { access, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from './box/run.ts'

/** Programs, and the Debian packages that bring them. */
const programs = {
  mmdebstrap: 'mmdebstrap',
  'systemd-nspawn': 'systemd-container',
  ip: 'iproute2',
  nft: 'nftables',
  iptables: 'iptables',
  'ssh-keygen': 'openssh-client',
  'mkfs.ext4': 'e2fsprogs',
  knotd: 'knot',
  knsupdate: 'knot-dnsutils',
  pebble: 'pebble',
  testssl: 'testssl.sh',
  'nfs-ls': 'libnfs-utils',
}

/** Why there can be no lab on this box; undefined when there can. */
export async function missing(): Promise<string | undefined> {
  if (process.platform !== 'linux') return 'it needs Linux'
  if (process.getuid?.() !== 0) return 'it needs root'
  const release = await readFile('/etc/os-release', 'utf8').catch(() => '')
  if (!/^ID=debian$/m.test(release)) return 'it needs Debian, whose apt sources it makes machines from'
  const lacking = []
  for (const [program, bundle] of Object.entries(programs)) if (!(await found(program))) lacking.push(bundle)
  if (lacking.length > 0) return `apt-get install ${lacking.join(' ')}`
  const { status, stderr } = await run(['unshare', '--mount', '--net', '--pid', '--fork', 'true'])
  return status === 0 ? undefined : `it may make no namespaces (${stderr.trim()})`
}

async function found(program: string): Promise<boolean> {
  const places = (process.env.PATH ?? '').split(':').map((folder) => access(join(folder, program)))
  return Promise.any(places).then(
    () => true,
    () => false,
  )
}
