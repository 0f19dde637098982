import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** How many releases stay on the operator's disk. A machine keeps its own. */
const kept = 5

/** Removes all but the newest releases, never `current`, and what builds left that were killed a day ago or more. */
export async function removeOlder(releases: string, current: string, now = Date.now()): Promise<void> {
  const found = await Promise.all(
    (await readdir(releases)).map(async (name) => {
      const folder = join(releases, name)
      return { name, folder, since: (await stat(folder).catch(() => undefined))?.mtimeMs ?? now }
    }),
  )
  const abandoned = found.filter(({ name, since }) => name.startsWith('.building.') && now - since > 86_400_000)
  const older = found
    .filter(({ name }) => /^[0-9a-f]{16}$/.test(name) && name !== current)
    .sort((a, b) => b.since - a.since)
    .slice(kept - 1)
  for (const { folder } of [...abandoned, ...older]) await rm(folder, { recursive: true, force: true })
}
