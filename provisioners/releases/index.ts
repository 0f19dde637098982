/** The operator's side: build releases and say what goes to a machine. Nothing here knows how it gets there. */
export { buildRelease } from './build/build-release.ts'
export { writeReleaseFile } from './build/release-file.ts'
export { parseInventory } from './inventory.ts'
export { type Architecture, architectures } from './manifest.ts'
export { type Release, readRelease } from './release.ts'
export { bootstrapCheck, bootstrapInstall } from './stage/bootstrap.ts'
export { agentCommand, machineLayers } from './stage/layers.ts'
export { stagePlan } from './stage/plan.ts'
