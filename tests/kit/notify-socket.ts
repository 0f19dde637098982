import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../support/shop.ts'

/** Node has no Unix datagrams; perl is on every Debian. Descriptors that come along (BARRIER) are closed unread. */
const listener = `
  use Socket; $| = 1;
  socket(my $s, AF_UNIX, SOCK_DGRAM, 0) or die; bind($s, sockaddr_un($ARGV[0])) or die; print "listening\\n";
  while (defined recv($s, my $m, 4096, 0)) { $m =~ tr/\\n/ /; print "$m\\n" }`

/** What systemd would listen on: a real datagram socket, and what was said to it. */
export interface NotifySocket {
  path: string
  /** All that was said, in its order, but for the barriers that systemd-notify waits at. */
  said(): string[]
  close(): Promise<void>
}

export async function notifySocket(): Promise<NotifySocket> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-notify-'))
  const path = join(folder, 'notify')
  const child: ChildProcess = spawn('perl', ['-e', listener, path], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise((resolve) => child.once('exit', resolve))
  let output = ''
  child.stdout?.on('data', (chunk) => {
    output += chunk
  })
  await until('the socket is there', () => output.startsWith('listening\n'))
  return {
    path,
    said: () =>
      output
        .split('\n')
        .slice(1)
        .filter((line) => line !== '' && !line.startsWith('BARRIER')),
    close: async () => {
      child.kill()
      await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}
