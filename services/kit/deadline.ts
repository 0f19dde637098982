/**
 * Runs `work` with a signal that aborts after `ms`, or when `outer` does; neither timer nor listener outlives it.
 *
 * Not AbortSignal.any([outer, AbortSignal.timeout(ms)]): in Node 20 the composite does not keep the timeout's signal
 * alive, and once that has been collected it never fires. https://github.com/nodejs/node/issues/57736
 */
export async function withDeadline<T>(
  ms: number,
  outer: AbortSignal | undefined,
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const ended = new AbortController()
  const timer = setTimeout(() => ended.abort(new Error(`no answer within ${ms} ms`)), ms)
  const follow = () => ended.abort(outer?.reason)
  if (outer?.aborted) follow()
  outer?.addEventListener('abort', follow, { once: true })
  try {
    return await work(ended.signal)
  } finally {
    clearTimeout(timer)
    outer?.removeEventListener('abort', follow)
  }
}
