import { createHash } from 'node:crypto'
import { isIPv6 } from 'node:net'
import type { Host } from '../host.ts'
import { Notes } from './notes.ts'

export interface Rules {
  open: readonly { port: number; protocol: 'tcp' | 'udp'; from: readonly string[] }[]
  ssh: readonly number[]
}

/** The whole table, as nft(8) reads it. It is replaced in one transaction: there is no instant without rules. */
export function rulesFor({ open, ssh }: Rules): string {
  const all = [...ssh.map((port) => ({ port, protocol: 'tcp' as const, from: [] })), ...open]
  return `# Written by bookstore.
table inet bookstore
delete table inet bookstore
table inet bookstore {
  chain input {
    type filter hook input priority filter; policy drop;
    ct state established,related accept
    ct state invalid drop
    iifname "lo" accept
    meta l4proto { icmp, ipv6-icmp } accept
    ip6 saddr fe80::/10 udp dport 546 accept
${[...new Set(all.flatMap(ruleLines))].map((line) => `    ${line}\n`).join('')}  }
}
`
}

function ruleLines({ port, protocol, from }: Rules['open'][number]): string[] {
  const accept = `${protocol} dport ${port} accept`
  if (from.length === 0) return [accept]
  return from.map((network) => `${isIPv6(network.split('/')[0] ?? '') ? 'ip6' : 'ip'} saddr ${network} ${accept}`)
}

/** Loads the rules early at boot. */
export function firewallUnit(path: string) {
  const content = `[Unit]
Description=Firewall of bookstore
DefaultDependencies=no
Wants=network-pre.target
Before=network-pre.target shutdown.target
After=nftables.service local-fs.target
Conflicts=shutdown.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/sbin/nft --file ${path}
ExecReload=/usr/sbin/nft --file ${path}
ExecStop=-/usr/sbin/nft delete table inet bookstore
ProtectSystem=full
ProtectHome=yes

[Install]
WantedBy=sysinit.target
`
  return { unit: 'bookstore-firewall.service', content }
}

/** Debian's own nftables.service flushes all rules, those of others too, whenever it starts, reloads or stops. */
export function besideNftables(path: string) {
  const load = `-/usr/sbin/nft --file ${path}`
  return {
    path: '/etc/systemd/system/nftables.service.d/bookstore.conf',
    content: `[Service]\nExecStartPost=${load}\nExecReload=${load}\nExecStopPost=${load}\n`,
  }
}

/** The rules in the kernel, against what nft listed right after they were loaded. */
export class LiveRules {
  readonly #host: Host
  readonly #notes: Notes<string>

  constructor(host: Host) {
    this.#host = host
    this.#notes = new Notes(host.memory, 'firewall')
  }

  async areAsLoaded(): Promise<boolean> {
    const [now, then] = await Promise.all([this.#digest(), this.#notes.read('loaded')])
    return now !== undefined && now === then
  }

  async load(path: string): Promise<void> {
    await this.#host.run(['nft', '--file', path])
    const digest = await this.#digest()
    if (digest) await this.#notes.write('loaded', digest)
  }

  async forget(): Promise<void> {
    await this.#notes.forget('loaded')
  }

  /** Undefined when there is no such table, or no nft. */
  async #digest(): Promise<string | undefined> {
    const argv = ['nft', '--stateless', 'list', 'table', 'inet', 'bookstore'] as const
    const found = await this.#host.run([...argv], { accept: [0, 1] }).catch(() => undefined)
    return found?.code === 0 ? createHash('sha256').update(found.stdout).digest('hex') : undefined
  }
}
