import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { BookstoreError } from '../../engine/errors.ts'
import type { Host } from '../host.ts'

/** No passwords, and nothing that a shop has no use for. */
export const settings = `# Written by bookstore.
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitEmptyPasswords no
PubkeyAuthentication yes
PermitRootLogin prohibit-password
X11Forwarding no
LoginGraceTime 30
`

/** As \`sshd -T\` words them, and what else it may say for the same. */
const effective: Readonly<Record<string, readonly string[]>> = {
  passwordauthentication: ['no'],
  kbdinteractiveauthentication: ['no'],
  pubkeyauthentication: ['yes'],
  permitrootlogin: ['without-password', 'prohibit-password', 'forced-commands-only', 'no'],
}

/**
 * Asks sshd itself what it would do with the settings on the disk, for the user who operates the machine.
 *
 * @throws BookstoreError 'sshd-refused', 'sshd-overruled', 'sshd-no-key': then they must not be loaded.
 */
export async function checkSettings(host: Host, user: string): Promise<void> {
  // Without a running server its folder may be missing, and it refuses to say anything.
  await host.run(['mkdir', '-p', '-m', '0755', '/run/sshd'])
  const { stdout } = await host.run(['sshd', '-T', '-C', `user=${user},host=operator,addr=192.0.2.1`]).catch(refused)
  const found = new Map(
    stdout.split('\n').map((line) => [line.split(' ', 1)[0] ?? '', line.slice(line.indexOf(' ') + 1)]),
  )
  for (const [name, allowed] of Object.entries(effective)) {
    if (!allowed.includes(found.get(name) ?? '')) throw overruled(name, found.get(name) ?? 'unknown')
  }
  if (user === 'root' && found.get('permitrootlogin') === 'no') throw overruled('permitrootlogin', 'no')
  await requireKey(user, found)
}

/** With passwords off, somebody without a key could never come back. */
async function requireKey(user: string, found: ReadonlyMap<string, string>): Promise<void> {
  const command = found.get('authorizedkeyscommand') ?? 'none'
  const authorities = found.get('trustedusercakeys') ?? 'none'
  if (command !== 'none' || authorities !== 'none') return
  const home = await homeOf(user)
  const patterns = (found.get('authorizedkeysfile') ?? '').split(' ')
  const sizes = await Promise.all(patterns.map((pattern) => sizeOf(keyFile(pattern, user, home))))
  if (sizes.every((size) => size === 0)) throw noKey(user)
}

/** Tokens of sshd_config(5); what is not absolute is below the home folder. */
export function keyFile(pattern: string, user: string, home: string): string {
  const path = pattern.replace(/%[%hu]/g, (token) => ({ '%%': '%', '%h': home, '%u': user })[token] ?? token)
  return path.startsWith('/') ? path : join(home, path)
}

async function homeOf(user: string): Promise<string> {
  const lines = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  return lines.find(([name]) => name === user)?.[5] ?? '/nonexistent'
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  )
}

function refused(cause: unknown): never {
  throw new BookstoreError(`sshd does not accept its settings: ${(cause as Error).message}`, {
    code: 'sshd-refused',
    fault: 'remote',
    hint: 'Look on the machine: sshd -t. The settings of before were put back.',
    cause,
  })
}

function overruled(name: string, found: string): BookstoreError {
  return new BookstoreError(`The machine's own SSH settings overrule ours: '${name}' stays '${found}'.`, {
    code: 'sshd-overruled',
    fault: 'user',
    hint: `Find the line in /etc/ssh/sshd_config or before ours in /etc/ssh/sshd_config.d, and remove it.`,
  })
}

function noKey(user: string): BookstoreError {
  return new BookstoreError(`'${user}' has no SSH key on the machine, so without passwords nobody could log in.`, {
    code: 'sshd-no-key',
    fault: 'user',
    hint: `Give it one: ssh-copy-id ${user}@<machine>`,
  })
}
