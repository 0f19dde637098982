import { arch } from 'node:process'
import { releaseFolders } from '../folders.ts'
import type { Inventory } from '../inventory.ts'
import { contentOf, type Holding, readHoldings } from './content.ts'

export interface InventoryOptions {
  /** Where the machine's file system begins. */
  root?: string
  /** Reads every file, and leaves out what is damaged; by default what is there is believed. */
  verify?: boolean
}

/** What this machine has of releases. Changes nothing; a machine that has nothing yet has an empty inventory. */
export async function inventory({ root, verify = false }: InventoryOptions = {}): Promise<Inventory> {
  const holdings = await readHoldings(releaseFolders(root), { verify })
  const whole = (all: readonly Holding[]) => all.filter((each) => each.whole).map(({ name }) => name)
  return {
    architecture: arch,
    releases: whole(holdings.releases),
    runtimes: whole(holdings.runtimes),
    agents: whole(holdings.agents),
    files: [...contentOf(holdings).keys()].sort(),
  }
}
