import { join } from 'node:path'
import { machine } from '../../layout.ts'

/** An archive by its SHA-256; every other base is a reference. */
export const isArchive = (base: string): boolean => /^[0-9a-f]{64}$/.test(base)

/** Where the archive with that digest is on a machine. */
export const baseArchive = (digest: string): string => join(machine.containers, `${digest}.tar`)
