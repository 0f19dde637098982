import { join } from 'node:path'
import { machine } from '../host/layout.ts'

/** The folders of a machine that have to do with releases. */
export interface ReleaseFolders {
  runtimes: string
  agents: string
  releases: string
  slots: string
  incoming: string
}

/** @param root Where the machine's file system begins; another folder in tests. */
export function releaseFolders(root = '/'): ReleaseFolders {
  const { runtimes, agents, releases, slots, incoming } = machine
  return {
    runtimes: join(root, runtimes),
    agents: join(root, agents),
    releases: join(root, releases),
    slots: join(root, slots),
    incoming: join(root, incoming),
  }
}
