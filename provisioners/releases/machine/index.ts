/** What runs on a machine, inside of the agent (Node 24, as root). */
export { inventory } from './inventory.ts'
export { pruneReleases } from './prune.ts'
export { unpackRelease } from './unpack.ts'
