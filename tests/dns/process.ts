import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'

/** A server that a test has started. */
export interface Running {
  child: ChildProcess
  /** What it has printed so far. */
  output(): string
  stop(): Promise<void>
}

/** Starts a server in the foreground and waits until `ready` says so. It is stopped when it does not get there. */
export async function start(
  program: string,
  args: readonly string[],
  ready: () => Promise<boolean>,
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (output += part))
  const running = { child, output: () => output, stop: () => stop(child) }
  const until = Date.now() + 60_000
  try {
    await once(child, 'spawn')
    while (!(await ready().catch(() => false))) {
      if (child.exitCode !== null) throw new Error(`${program} ended with ${child.exitCode}:\n${output}`)
      if (Date.now() > until) throw new Error(`${program} did not start:\n${output}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return running
  } catch (error) {
    await stop(child)
    throw error
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return
  const ended = once(child, 'exit')
  child.kill('SIGCONT')
  child.kill('SIGTERM')
  const killer = setTimeout(() => child.kill('SIGKILL'), 20_000)
  await ended
  clearTimeout(killer)
}

/** An address of this computer that nobody else uses: all of 127.0.0.0/8 is its own (RFC 1122, section 3.2.1.3). */
export function ownAddress(): string {
  return `127.${randomInt(64, 250)}.${randomInt(1, 250)}.${randomInt(1, 250)}`
}
