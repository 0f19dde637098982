import { chmod, chown, lstat, readFile } from 'node:fs/promises'
import { changeOf, differs } from '../../engine/define.ts'
import { writeFileAtomic } from '../../engine/files.ts'
import type { Change, FieldChange } from '../../engine/resource.ts'
import { modeText, ownerOf, ownerText } from '../items/owner.ts'

/** A file as it shall be. */
export interface FileSpec {
  path: string
  content: string
  owner: string
  group: string
  /** '0644' */
  mode: string
}

export interface FileState {
  content: string
  owner: string
  mode: string
}

/** A file of root's that all may read. */
export const plainFile = { owner: 'root', group: 'root', mode: '0644' } as const

export async function readFileState(path: string): Promise<FileState | undefined> {
  const found = await lstat(path).catch(() => undefined)
  if (!found?.isFile()) return undefined
  const content = await readFile(path, 'utf8')
  return { content, owner: `${found.uid}:${found.gid}`, mode: modeText(found.mode) }
}

export async function wantedState(spec: FileSpec): Promise<FileState> {
  return { content: spec.content, owner: await ownerText(spec), mode: spec.mode }
}

/** What a plan says of a file; its text stays out of it. */
export function diffFile(desired: FileState, actual: FileState): Change {
  return changeOf(...fileChanges(desired, actual))
}

export function fileChanges(desired: FileState, actual: FileState): readonly (FieldChange | undefined)[] {
  return [
    contentChange(desired.content, actual.content),
    differs('owner', actual.owner, desired.owner),
    differs('mode', actual.mode, desired.mode),
  ]
}

export function contentChange(desired: string, actual: string): FieldChange | undefined {
  if (desired === actual) return undefined
  const [wanted, found] = [desired.split('\n'), actual.split('\n')]
  const line = found.findIndex((text, position) => text !== wanted[position]) + 1
  return { field: 'content', from: `differs from line ${line > 0 ? line : found.length + 1} on`, to: 'as it should be' }
}

/** Whole or not at all, and right from the first byte that others can see. */
export async function writeFileSpec(spec: FileSpec): Promise<void> {
  const { uid, gid } = await ownerOf(spec)
  const mode = Number.parseInt(spec.mode, 8)
  const owned = async (path: string) => {
    await chown(path, uid, gid)
    // Giving a file away clears its special bits.
    await chmod(path, mode)
  }
  const current = await readFileState(spec.path)
  if (current?.content !== spec.content) await writeFileAtomic(spec.path, spec.content, mode, owned)
  await owned(spec.path)
}
