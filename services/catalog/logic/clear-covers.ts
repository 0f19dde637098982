import type { Catalog } from '../context.ts'
import { coversInUse, mayClearCovers } from '../repositories/covers.ts'

/** Pages in browsers, and orders, may still show a cover for a while after its book has gone. */
const keptForMs = 7 * 24 * 3_600_000

/** Removes files that no book on sale shows and that are a week old. One process at a time; the others pass. */
export async function clearCovers({ db, covers }: Pick<Catalog, 'db' | 'covers'>, olderThanMs = keptForMs) {
  const old = await covers.olderThan(olderThanMs)
  if (old.length === 0) return
  await db.transaction(async (tx) => {
    if (!(await mayClearCovers(tx))) return
    const ids = old.flatMap((file) => file.coverId ?? [])
    const used = await coversInUse(tx, [...new Set(ids)])
    // Asked again now that nobody writes: what was written meanwhile is young.
    for (const { name, coverId } of await covers.olderThan(olderThanMs)) {
      if (coverId === undefined || (ids.includes(coverId) && !used.has(coverId))) await covers.remove(name)
    }
  })
}
