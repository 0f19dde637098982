/** Which nightly backups stay: each of the last days, and the last one of each week before that. */
export interface BackupPolicy {
  days: number
  weeks: number
}

const name = /^bookstore-(\d{4})(\d\d)(\d\d)-(\d\d)(\d\d)(\d\d)\.tar\.gz$/

/** 'bookstore-20261124-031500.tar.gz', in UTC. */
export function backupName(at: Date): string {
  const text = at.toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  return `bookstore-${text}.tar.gz`
}

/** When a backup was made by its name; undefined for a file that is none of ours. */
export function backupTime(file: string): Date | undefined {
  const [whole, ...parts] = name.exec(file) ?? []
  if (whole === undefined) return undefined
  const [year, month, day, hour, minute, second] = parts
  return new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`)
}

/**
 * The backups that may go. Of a day the newest stays, of a week too; the newest of all always does. Files that are not
 * named like ours are nobody's business here.
 */
export function expired(files: readonly string[], { days, weeks }: BackupPolicy): readonly string[] {
  const ours = newestFirst(files)
  const kept = new Set([
    ...newestOfEach(ours, days, ({ time }) => time.toISOString().slice(0, 10)),
    ...newestOfEach(ours, weeks, ({ time }) => weekOf(time)),
    ...ours.slice(0, 1).map(({ file }) => file),
  ])
  return ours.map(({ file }) => file).filter((file) => !kept.has(file))
}

export interface Dated {
  file: string
  time: Date
}

/** Those of ours among files, by when they were made. */
export function newestFirst(files: readonly string[]): readonly Dated[] {
  return files
    .flatMap((file) => {
      const time = backupTime(file)
      return time ? [{ file, time }] : []
    })
    .sort((a, b) => b.time.getTime() - a.time.getTime())
}

/** From the newest on, the first of each group, until there are `count` groups. */
function newestOfEach(sorted: readonly Dated[], count: number, groupOf: (each: Dated) => string): readonly string[] {
  const firsts = new Map<string, string>()
  for (const each of sorted) {
    const group = groupOf(each)
    if (!firsts.has(group) && firsts.size < count) firsts.set(group, each.file)
  }
  return [...firsts.values()]
}

/** Which week, from Monday to Sunday in UTC. */
export const weekOf = (time: Date): string => String(Math.floor((time.getTime() / 86_400_000 + 3) / 7))
