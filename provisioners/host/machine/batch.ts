/**
 * Questions that are asked in the same moment are answered by one query: a hundred items read their units by one start
 * of systemctl. Nothing is remembered, so no answer is ever old.
 */
export function batched<T>(query: (keys: readonly string[]) => Promise<ReadonlyMap<string, T>>) {
  let waiting: { keys: Set<string>; answers: Promise<ReadonlyMap<string, T>> } | undefined
  const gather = async (keys: Set<string>) => {
    await new Promise(setImmediate)
    waiting = undefined
    return query([...keys])
  }
  return async (key: string): Promise<T | undefined> => {
    if (!waiting) {
      const keys = new Set<string>()
      waiting = { keys, answers: gather(keys) }
    }
    waiting.keys.add(key)
    return (await waiting.answers).get(key)
  }
}

/** However many ask while it runs, it runs once more for all of them: it has to begin after each of them asked. */
export function coalesced(work: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve()
  let queued: Promise<void> | undefined
  const begin = () => {
    queued = undefined
    last = work()
    return last
  }
  return () => {
    queued ??= last.catch(() => {}).then(begin)
    return queued
  }
}
