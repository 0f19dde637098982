import { mkdir, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../provisioners/engine/files.ts'
import { type ProcessIdentity, stateOf } from '../../provisioners/engine/process-identity.ts'

/** Where the labs of this box are, a folder each. On a disk, since the files of machines are in it. */
export const labs = '/var/lib/bookstore-lab'

/** Taken by whoever reads all records and acts upon them. */
export const labsLock = join(labs, 'lock')

/** What other labs must know of one. Written before anything else is made, so that a killed lab can be removed. */
export interface LabRecord {
  id: string
  owner: ProcessIdentity
  /** The first three numbers of its /24. */
  prefix: string
  /** Machines that it may run at once. */
  places: number
  purpose: 'test' | 'play'
}

export const folderOf = (id: string) => join(labs, id)

export async function writeRecord(record: LabRecord): Promise<void> {
  await mkdir(folderOf(record.id), { recursive: true, mode: 0o700 })
  await writeFileAtomic(join(folderOf(record.id), 'lab.json'), JSON.stringify(record))
}

/** The labs of this box by whether their owner lives. A folder without a record was left by one that had just begun. */
export async function readRecords(): Promise<{ alive: LabRecord[]; dead: string[] }> {
  const alive: LabRecord[] = []
  const dead: string[] = []
  const entries = await readdir(labs, { withFileTypes: true }).catch(() => [])
  for (const { name } of entries.filter((it) => it.isDirectory())) {
    const text = await readFile(join(folderOf(name), 'lab.json'), 'utf8').catch(() => undefined)
    const record = text === undefined ? undefined : (JSON.parse(text) as LabRecord)
    if (record && (await stateOf(record.owner)) === 'running') alive.push(record)
    else dead.push(name)
  }
  return { alive, dead }
}
