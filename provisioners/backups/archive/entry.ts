import type { Header } from 'tar-stream'

/** Bytes of a COPY that one entry holds at most: what we keep in memory, whatever the size of a table. */
export const partBytes = 4 * 1024 * 1024

export const manifestName = 'manifest.json'
export const sealName = 'seal.sha256'

/** The same name and size give the same header, whenever and by whomever it is written. */
export function fileHeader(name: string, size: number): Header {
  return {
    name,
    size,
    type: 'file',
    mode: 0o600,
    mtime: new Date(0),
    uid: 0,
    gid: 0,
    uname: '',
    gname: '',
    linkname: '',
    devmajor: 0,
    devminor: 0,
  }
}

/** 'catalog/public.books/000001.copy' */
export function partName(service: string, table: { schema: string; name: string }, part: number): string {
  return `${service}/${table.schema}.${table.name}/${String(part).padStart(6, '0')}.copy`
}

export function coverName(name: string): string {
  return `covers/${name}`
}

export type EntryKind =
  | { kind: 'part'; service: string; schema: string; table: string; part: number }
  | { kind: 'cover'; name: string }
  | { kind: 'manifest' }
  | { kind: 'seal' }
  | { kind: 'unknown' }

/** What an entry holds, by its name. */
export function kindOf(name: string): EntryKind {
  if (name === manifestName) return { kind: 'manifest' }
  if (name === sealName) return { kind: 'seal' }
  const cover = /^covers\/(\w[\w.-]*)$/.exec(name)
  if (cover?.[1]) return { kind: 'cover', name: cover[1] }
  const part = /^(\w+)\/(\w+)\.(\w+)\/(\d{6})\.copy$/.exec(name)
  const [, service, schema, table, number] = part ?? []
  if (!service || !schema || !table) return { kind: 'unknown' }
  return { kind: 'part', service, schema, table, part: Number(number) }
}
