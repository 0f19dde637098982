import { must, run } from './run.ts'

/** The network of a lab: a bridge at `prefix`.1, whose machines reach the outside by NAT. */
export interface Network {
  lab: string
  /** The first three numbers of a /24: '10.83.4'. */
  prefix: string
  mtu: number
}

interface Route {
  dst: string
  dev?: string
}

const bridgeOf = (lab: string) => `bl${lab}`
const tableOf = (lab: string) => `bookstore-lab-${lab}`
/** Names in `ip netns`; an interface's name has 15 characters at most. */
export const namespaceOf = (lab: string, host: number) => `bl${lab}-${host}`

/** A /24 that no route of this box and none of `taken` touches. */
export async function freePrefix(taken: readonly string[]): Promise<string> {
  const routes = (await routesOfBox()).map((it) => it.dst).filter((it) => it !== 'default')
  for (let second = 83; second < 128; second += 1)
    for (let third = 0; third < 256; third += 1) {
      const prefix = `10.${second}.${third}`
      if (!taken.includes(prefix) && !routes.some((route) => overlaps(route, prefix))) return prefix
    }
  throw new Error('no free range of addresses under 10.83.0.0 to 10.127.255.0')
}

async function routesOfBox(): Promise<Route[]> {
  return JSON.parse(await must(['ip', '-json', '-4', 'route', 'show', 'table', 'all']))
}

function overlaps(route: string, prefix: string): boolean {
  const [address = '', bits = '32'] = route.split('/')
  const shift = 32 - Math.min(Number(bits), 24)
  return numberOf(address) >>> shift === numberOf(`${prefix}.0`) >>> shift
}

function numberOf(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

/** Makes the bridge and its NAT. `net.ipv4.ip_forward` stays on afterwards: others may have begun to need it. */
export async function makeBridge(lab: string, prefix: string): Promise<Network> {
  const bridge = bridgeOf(lab)
  const mtu = await mtuOfBox()
  await must(['ip', 'link', 'add', bridge, 'mtu', String(mtu), 'type', 'bridge'])
  await must(['ip', 'addr', 'add', `${prefix}.1/24`, 'dev', bridge])
  await must(['ip', 'link', 'set', bridge, 'up'])
  await must(['sysctl', '-qw', 'net.ipv4.ip_forward=1'])
  const masquerade = `ip saddr ${prefix}.0/24 oifname != "${bridge}" masquerade`
  await must(['nft', '-f', '-'], {
    input: `table ip ${tableOf(lab)} { chain out { type nat hook postrouting priority srcnat; ${masquerade}; }; }\n`,
  })
  // Docker sets the policy of FORWARD to DROP. Where nobody has made that chain we make none either.
  if (await hasForwardChain())
    for (const rule of forwarding(lab)) await must(['iptables', '-w', '-I', 'FORWARD', ...rule])
  return { lab, prefix, mtu }
}

/** Of the way out: a larger one inside loses packets without a word where ICMP is filtered. */
async function mtuOfBox(): Promise<number> {
  const device = (await routesOfBox()).find((it) => it.dst === 'default')?.dev
  if (!device) return 1500
  const [link] = JSON.parse(await must(['ip', '-json', 'link', 'show', 'dev', device])) as Array<{ mtu: number }>
  return link?.mtu ?? 1500
}

async function hasForwardChain(): Promise<boolean> {
  return (await run(['nft', 'list', 'chain', 'ip', 'filter', 'FORWARD'])).status === 0
}

function forwarding(lab: string): string[][] {
  return ['-i', '-o'].map((way) => [way, bridgeOf(lab), '-j', 'ACCEPT'])
}

/** A namespace with one interface at `prefix`.`host`: its address. */
export async function makeNamespace({ lab, prefix, mtu }: Network, host: number): Promise<string> {
  const name = namespaceOf(lab, host)
  const address = `${prefix}.${host}`
  await must(['ip', 'netns', 'add', name])
  const pair = ['type', 'veth', 'peer', 'name', 'eth0', 'mtu', String(mtu), 'netns', name]
  await must(['ip', 'link', 'add', name, 'mtu', String(mtu), ...pair])
  await must(['ip', 'link', 'set', name, 'master', bridgeOf(lab), 'up'])
  await must(['ip', '-n', name, '-batch', '-'], {
    input: `link set lo up\naddr add ${address}/24 dev eth0\nlink set eth0 up\nroute add default via ${prefix}.1\n`,
  })
  return address
}

/** The cable out of a namespace, in or out. */
export async function setLink(lab: string, host: number, up: boolean): Promise<void> {
  await must(['ip', 'link', 'set', namespaceOf(lab, host), up ? 'up' : 'down'])
}

export async function removeNamespace(name: string): Promise<void> {
  // The pair of interfaces goes with either end.
  await run(['ip', 'link', 'del', name])
  await run(['ip', 'netns', 'del', name])
}

/** Everything that the functions above have made for a lab. Absence is fine. */
export async function removeNetwork(lab: string): Promise<void> {
  const names = (await must(['ip', 'netns', 'list'])).split('\n').map((line) => line.split(' ')[0] ?? '')
  for (const name of names.filter((it) => it.startsWith(`${bridgeOf(lab)}-`))) await removeNamespace(name)
  await run(['ip', 'link', 'del', bridgeOf(lab)])
  for (const family of ['ip', 'bridge']) await run(['nft', 'delete', 'table', family, tableOf(lab)])
  if (await hasForwardChain())
    for (const rule of forwarding(lab)) await run(['iptables', '-w', '-D', 'FORWARD', ...rule])
}

/** A further address of a namespace, or one that it has no more. The box forgets who had it before. */
export async function setAddress({ lab }: Network, host: number, address: string, there: boolean): Promise<void> {
  const change = ['ip', '-n', namespaceOf(lab, host), 'addr', there ? 'add' : 'del', `${address}/32`, 'dev', 'eth0']
  // A machine that is just going takes its addresses along.
  if (there) await must(change)
  else await run(change)
  await run(['ip', 'neigh', 'flush', 'to', address, 'dev', bridgeOf(lab)])
}

/** Replaces the rules for what reaches each namespace, by the last number of its address; one without rules is open. */
export async function setRules({ lab }: Network, rules: ReadonlyMap<number, readonly string[]>): Promise<void> {
  const table = `bridge ${tableOf(lab)}`
  const chains = [...rules].map(([host, lines]) => `chain to-${host} {\n${lines.join('\n')}\n}\n`)
  const jumps = [...rules.keys()].map((host) => `oifname "${namespaceOf(lab, host)}" jump to-${host}\n`).join('')
  // What comes from other machines is forwarded by the bridge, what comes from the box or through it is its output.
  const hooks = ['forward', 'output'].map(
    (hook) => `chain ${hook} {\ntype filter hook ${hook} priority 0; policy accept;\n${jumps}}\n`,
  )
  const input = `table ${table} {}\ndelete table ${table}\ntable ${table} {\n${chains.join('')}${hooks.join('')}}\n`
  await must(['nft', '-f', '-'], { input })
}

/** What machines send to `port` of an address that nobody has reaches another port of the box's own address. */
export async function redirect({ lab, prefix }: Network, address: string, port: number, to: number): Promise<void> {
  const rule = `ip saddr ${prefix}.0/24 ip daddr ${address} tcp dport ${port} dnat to ${prefix}.1:${to}`
  await must(['nft', '-f', '-'], {
    input: `table ip ${tableOf(lab)} { chain in { type nat hook prerouting priority dstnat; ${rule}; }; }\n`,
  })
}
