import { readFile } from 'node:fs/promises'
import { BookstoreError } from '../../engine/errors.ts'

export interface Owner {
  uid: number
  gid: number
}

/** The number of a user of this machine; undefined while there is no such user. */
export function uid(name: string): Promise<number | undefined> {
  return number('/etc/passwd', name)
}

/** The number of a group of this machine; undefined while there is no such group. */
export function gid(name: string): Promise<number | undefined> {
  return number('/etc/group', name)
}

/** @throws BookstoreError 'owner-missing': an item that makes the user has to come first. */
export async function ownerOf({ owner, group }: { owner: string; group: string }): Promise<Owner> {
  const [user, team] = await Promise.all([uid(owner), gid(group)])
  if (user !== undefined && team !== undefined) return { uid: user, gid: team }
  throw new BookstoreError(`This machine has no ${user === undefined ? `user '${owner}'` : `group '${group}'`}.`, {
    code: 'owner-missing',
    fault: 'bug',
    hint: 'Run the same command again; if this comes back, please report it.',
  })
}

/** As a plan shows it; names that nobody has yet differ from every number. */
export async function ownerText({ owner, group }: { owner: string; group: string }): Promise<string> {
  const [user, team] = await Promise.all([uid(owner), gid(group)])
  return `${user ?? owner}:${team ?? group}`
}

/** '0750', of what lstat says. */
export function modeText(mode: number): string {
  return `0${(mode & 0o7777).toString(8).padStart(3, '0')}`
}

/** System users and groups are always in the files, whatever else a machine asks. */
async function number(file: string, name: string): Promise<number | undefined> {
  const line = (await readFile(file, 'utf8')).split('\n').find((each) => each.startsWith(`${name}:`))
  return line === undefined ? undefined : Number(line.split(':')[2])
}
