import type { Log } from './log.ts'

/** Background work of a process: runs until `signal` aborts, and resolves soon after. */
export interface Worker {
  name: string
  run(signal: AbortSignal): Promise<void>
}

/** Resolves after `ms`, or as soon as `signal` aborts. Never rejects. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve()
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, ms)
    signal.addEventListener('abort', done, { once: true })
  })
}

/** A worker that does `work` again and again with `ms` between; what it throws is logged, and it goes on. */
export function every(ms: number, name: string, log: Log, work: (signal: AbortSignal) => Promise<void>): Worker {
  return {
    name,
    run: async (signal) => {
      while (!signal.aborted) {
        await work(signal).catch((error: unknown) => {
          if (!signal.aborted) log.warn({ err: error, worker: name }, 'background work failed; it is tried again')
        })
        await pause(ms, signal)
      }
    },
  }
}
