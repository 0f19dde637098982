/** The operator's side: build releases and say what goes to a machine. Nothing here knows how it gets there. */
export { type BuildOptions, buildRelease } from './build/build-release.ts'
export { writeReleaseFile } from './build/release-file.ts'
export { type Inventory, parseInventory } from './inventory.ts'
export { type Architecture, architectures, type ReleaseFile, type ReleaseManifest } from './manifest.ts'
export { type Release, readRelease } from './release.ts'
export { type Bootstrapped, bootstrapCheck, bootstrapInstall } from './stage/bootstrap.ts'
export { agentCommand, type MachineLayer, machineLayers } from './stage/layers.ts'
export { type StagePlan, stagePlan } from './stage/plan.ts'
