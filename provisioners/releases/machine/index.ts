/** What runs on a machine, inside of the agent (Node 24, as root). */
export { inventory } from './inventory.ts'
export { type Pruned, type PruneOptions, pruneReleases } from './prune.ts'
export { type Unpacked, type UnpackOptions, unpackRelease } from './unpack.ts'
