import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect as connectTcp, createServer } from 'node:net'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

/** A real sshd on loopback for whoever runs the tests, with keys of its own. */
export interface SshServer {
  port: number
  folder: string
  /** Private key that may enter. */
  key: string
  /** As ssh-keygen says it. */
  fingerprint: string
  /** New host keys, as after an installation. */
  reinstall(): Promise<void>
  close(): Promise<void>
}

export async function startSshServer(): Promise<SshServer> {
  const folder = mkdtempSync(join(tmpdir(), 'sshd-'))
  mkdirSync('/run/sshd', { recursive: true })
  const keygen = (name: string, ...more: string[]) =>
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, name), ...more])
  keygen('client')
  keygen('host')
  const port = await freePort()
  execFileSync('cp', [join(folder, 'client.pub'), join(folder, 'authorized_keys')])
  chmodSync(join(folder, 'authorized_keys'), 0o600)
  writeFileSync(join(folder, 'config'), configuration(folder, port))
  let child = start(folder)
  await accepting(port)
  const fingerprint = () =>
    execFileSync('ssh-keygen', ['-l', '-f', join(folder, 'host.pub')])
      .toString()
      .split(' ')[1] as string
  return {
    port,
    folder,
    key: join(folder, 'client'),
    get fingerprint() {
      return fingerprint()
    },
    async reinstall() {
      await stop(child)
      rmSync(join(folder, 'host'))
      rmSync(join(folder, 'host.pub'))
      keygen('host')
      child = start(folder)
      await accepting(port)
    },
    async close() {
      await stop(child)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function configuration(folder: string, port: number): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(folder, 'host')}`,
    `AuthorizedKeysFile ${join(folder, 'authorized_keys')}`,
    `PidFile ${join(folder, 'pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PasswordAuthentication no',
    `PermitRootLogin prohibit-password`,
    '',
  ].join('\n')
}

const start = (folder: string) =>
  spawn('/usr/sbin/sshd', ['-D', '-e', '-f', join(folder, 'config')], { stdio: 'ignore' })

async function stop(child: ReturnType<typeof spawn>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}

async function accepting(port: number): Promise<void> {
  for (let attempt = 0; attempt < 200; attempt++) {
    const socket = connectTcp(port, '127.0.0.1')
    const open = await new Promise((resolve) =>
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false)),
    )
    socket.destroy()
    if (open) return
    await pause(50)
  }
  throw new Error('sshd does not accept connections')
}

export const me = userInfo().username
