import { BookstoreError } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import { upwards } from './names.ts'

/** Which of the names above could be a zone that is bought or hosted: no host labels like `_acme-challenge`, no TLD. */
export function zoneCandidates(name: string): string[] {
  return upwards(name).filter((zone) => zone.includes('.') && !/^[_*]/.test(zone))
}

/**
 * Finds the longest zone that holds a name by asking for each in turn, and remembers it as long as the provider lives.
 *
 * @param idOf The zone's identifier, or `undefined` when the account has no such zone.
 */
export function zoneFinder<Zone>(provider: string, idOf: (zone: string, ctx: Context) => Promise<Zone | undefined>) {
  const known = new Map<string, Zone>()
  return async (name: string, ctx: Context): Promise<{ zone: string; id: Zone }> => {
    for (const zone of zoneCandidates(name)) {
      const id = known.get(zone) ?? (await idOf(zone, ctx))
      if (id === undefined) continue
      known.set(zone, id)
      return { zone, id }
    }
    throw new BookstoreError(`The ${provider} account has no zone that holds ${name}.`, {
      code: 'zone-not-found',
      fault: 'user',
      hint: `Check the domain, and that the credentials may see its zone at ${provider}.`,
      details: { name },
    })
  }
}
