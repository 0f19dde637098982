/**
 * A signal that aborts so many milliseconds after another one, for what is to be ended properly by a run that was told to stop.
 * `end` it as soon as it is of no use any more.
 */
export function outlast(signal: AbortSignal, forMs: number): { signal: AbortSignal; end(): void } {
  const late = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const begin = () => {
    timer = setTimeout(() => late.abort(signal.reason), forMs)
  }
  if (signal.aborted) begin()
  else signal.addEventListener('abort', begin, { once: true })
  const end = () => {
    signal.removeEventListener('abort', begin)
    clearTimeout(timer)
  }
  return { signal: late.signal, end }
}
