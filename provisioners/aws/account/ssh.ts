import { BlockList, connect, isIP } from 'node:net'
import { networkInterfaces } from 'node:os'
import type { Finding } from '../../engine/check.ts'

const timeoutMs = 5_000

/** Whether SSH answers at an address from here. Never rejects but with the signal's reason. */
export async function sshFinding(
  ip: string,
  operators: readonly string[],
  signal: AbortSignal,
  port = 22,
): Promise<Finding> {
  const found = await greeting(ip, port, signal)
  if (found.startsWith('SSH-')) return { ok: true, message: `${ip} answers: ${found}` }
  const ours = outside(ownAddresses())
  const named = ours.length === 0 ? 'your address as the world sees it' : ours.join(' or ')
  return {
    ok: false,
    message: `nobody answers SSH at ${ip}: ${found}`,
    hint: `Is ${named} within aws.operators (${operators.join(', ')})? Then bookstore up, which opens the way and starts what stands still.`,
  }
}

/** Before there is a machine: whether the configuration will let us in, as far as our address is known from here. */
export function operatorsFinding(operators: readonly string[], addresses = ownAddresses()): Finding {
  const list = operators.join(', ')
  const ours = outside(addresses)
  if (operators.includes('0.0.0.0/0'))
    return { ok: true, message: 'everybody may try (aws.operators), with our key only' }
  if (ours.length === 0) return { ok: true, message: `from ${list}; whether that is here cannot be seen from here` }
  const letIn = ours.find((address) => includes(operators, address))
  if (letIn !== undefined) return { ok: true, message: `from ${list}, where ${letIn} is` }
  return {
    ok: false,
    message: `${ours.join(', ')} is not in aws.operators: ${list}`,
    hint: `Add ${ours[0]}/${isIP(ours[0] ?? '') === 6 ? 128 : 32} to aws.operators, unless you reach the machine another way.`,
  }
}

export function includes(networks: readonly string[], address: string): boolean {
  const list = new BlockList()
  for (const network of networks) {
    const [base = '', bits] = network.split('/')
    const family = isIP(base) === 6 ? 'ipv6' : 'ipv4'
    list.addSubnet(base, Number(bits ?? (family === 'ipv6' ? 128 : 32)), family)
  }
  return list.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** Networks that nobody outside meets: RFC 1918, 6598, 3927, 4193, 4291. */
const inside = [
  ...['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '169.254.0.0/16', '127.0.0.0/8'],
  ...['fc00::/7', 'fe80::/10', '::1/128'],
]

/** Those addresses by which the world may see us. */
function outside(addresses: readonly string[]): string[] {
  return addresses.filter((address) => !includes(inside, address))
}

function ownAddresses(): string[] {
  return Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address))
}

/** The first line that is said (RFC 4253, section 4.2), or why there is none. */
function greeting(host: string, port: number, signal: AbortSignal): Promise<string> {
  signal.throwIfAborted()
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port })
    const end = (finish: () => void) => {
      signal.removeEventListener('abort', abort)
      clearTimeout(timer)
      socket.destroy()
      finish()
    }
    const abort = () => end(() => reject(signal.reason))
    const tell = (text: string) => end(() => resolve(text))
    const timer = setTimeout(() => tell(`no answer within ${timeoutMs / 1000} s`), timeoutMs)
    signal.addEventListener('abort', abort, { once: true })
    socket.once('error', (error: NodeJS.ErrnoException) => tell(error.code ?? error.message))
    socket.once('close', () => tell('it hangs up'))
    socket.once('data', (bytes) => tell(bytes.toString('latin1').split(/\r?\n/)[0] ?? ''))
  })
}
