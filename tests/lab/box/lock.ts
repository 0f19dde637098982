import { spawn } from 'node:child_process'
import { mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Runs `work` while no other process of this box holds the lock `path`. The kernel keeps it for a child that ends with
 * this process (flock(1)), so a killed owner leaves no lock behind.
 */
export async function withLock<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  await mkdir(dirname(path), { recursive: true })
  const holder = spawn('flock', [path, 'sh', '-c', 'echo held; exec cat'], { stdio: ['pipe', 'pipe', 'ignore'] })
  const ended = new Promise<void>((resolve) => holder.once('close', () => resolve()))
  const abort = () => holder.kill('SIGKILL')
  signal?.addEventListener('abort', abort, { once: true })
  try {
    await new Promise<void>((resolve, reject) => {
      signal?.throwIfAborted()
      holder.once('error', reject)
      holder.stdout.once('data', () => resolve())
      holder.once('close', () => reject(signal?.reason ?? new Error(`the lock ${path} cannot be taken`)))
    })
    signal?.removeEventListener('abort', abort)
    return await work()
  } finally {
    holder.stdin.end()
    await ended
  }
}
