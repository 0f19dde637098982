import { spawn } from 'node:child_process'
import { mkdir, open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { BookstoreError, exit } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'

const retryMs = 200

/** Said to those who come while it is held. */
export interface LockHolder {
  verb: string
  by: string
  /** ISO 8601 */
  since: string
}

/**
 * Holds the machine's one lock while `work` runs. The lock belongs to an open file, so it ends with its process however
 * that ends. Node cannot take such a lock itself: flock(1) takes it on the descriptor that we share with it.
 *
 * @throws BookstoreError 'busy' with status 75 when somebody else still has it after `patienceMs`.
 */
export async function withLock<T>(
  path: string,
  holder: LockHolder,
  patienceMs: number,
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  work: () => Promise<T>,
): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  const file = await open(path, 'a+', 0o600)
  try {
    const until = clock.now().getTime() + patienceMs
    while (!(await tryLock(file.fd))) {
      if (clock.now().getTime() >= until) throw busy(parseHolder(await file.readFile('utf8')))
      await clock.sleep(retryMs, signal)
    }
    await file.truncate()
    await file.write(JSON.stringify(holder))
    return await work()
  } finally {
    await file.close()
  }
}

/** False when another open file has it. */
function tryLock(descriptor: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const flock = spawn('flock', ['--nonblock', '--conflict-exit-code', '75', '3'], {
      stdio: ['ignore', 'ignore', 'ignore', descriptor],
    })
    flock.on('error', reject)
    flock.on('close', (code) => {
      if (code === 0 || code === exit.busy) return resolve(code === 0)
      reject(new Error(`flock ended with ${code}`))
    })
  })
}

function parseHolder(text: string): LockHolder | undefined {
  try {
    return JSON.parse(text) as LockHolder
  } catch {
    return undefined
  }
}

export function busy(holder: LockHolder | undefined): BookstoreError {
  const who = holder ? `'${holder.verb}', started by ${holder.by} at ${holder.since}, is` : 'Something else of ours is'
  return new BookstoreError(`${who} at work on this machine.`, {
    code: 'busy',
    fault: 'user',
    status: exit.busy,
    hint: 'Wait until it has ended, then run the same command again.',
    details: { ...holder },
  })
}
