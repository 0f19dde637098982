import { arch } from 'node:process'
import { releaseFolders } from '../folders.ts'
import type { Inventory } from '../inventory.ts'
import { contentOf, type Holding, readHoldings } from './content.ts'

/**
 * What this machine has of releases. Changes nothing; a machine that has nothing yet has an empty inventory.
 * @param options `root`: where the machine's file system begins.
 */
export async function inventory({ root }: { root?: string } = {}): Promise<Inventory> {
  const holdings = await readHoldings(releaseFolders(root))
  const whole = (all: readonly Holding[]) => all.filter((each) => each.whole).map(({ name }) => name)
  return {
    architecture: arch,
    releases: whole(holdings.releases),
    runtimes: whole(holdings.runtimes),
    agents: whole(holdings.agents),
    files: [...contentOf(holdings).keys()].sort(),
  }
}
