import { BookstoreError } from '../../engine/errors.ts'
import type { Host } from '../host.ts'

/**
 * Every port by which somebody may be logged in: the operator's, those that sshd listens on, and those of its socket unit,
 * which Ubuntu uses since 22.10.
 *
 * @throws BookstoreError 'ssh-port-unknown': nobody is locked out for want of knowledge.
 */
export async function sshPorts(host: Host, known: readonly number[]): Promise<readonly number[]> {
  const [listening, socket] = await Promise.all([
    host.run(['ss', '--no-header', '--listening', '--tcp', '--numeric', '--processes']).catch(() => undefined),
    host.run(['systemctl', 'show', '--property=ActiveState,Listen', 'ssh.socket']).catch(() => undefined),
  ])
  const ports = [...known, ...portsOfSshd(listening?.stdout ?? ''), ...portsOfSocket(socket?.stdout ?? '')]
  if (ports.length > 0) return [...new Set(ports)].sort((a, b) => a - b)
  throw new BookstoreError('The firewall was left alone: no port of SSH was found that it would have to keep open.', {
    code: 'ssh-port-unknown',
    fault: 'remote',
    hint: 'Install the package iproute2 on the machine, or start its SSH server.',
  })
}

/** From lines like 'LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=1,fd=3))'. */
export function portsOfSshd(text: string): number[] {
  const lines = text.split('\n').filter((line) => line.includes('(("sshd"'))
  return lines.flatMap((line) => numbers(/:(\d+)\s/.exec(line)?.[1]))
}

/** From lines like 'Listen=[::]:22 (Stream)'. */
export function portsOfSocket(text: string): number[] {
  if (!/^ActiveState=active$/m.test(text)) return []
  return [...text.matchAll(/^Listen=.*?(\d+) \(Stream\)$/gm)].flatMap(([, port]) => numbers(port))
}

function numbers(text: string | undefined): number[] {
  return text === undefined ? [] : [Number(text)]
}
