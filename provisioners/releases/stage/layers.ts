import { join } from 'node:path'
import { releaseFolders } from '../folders.ts'
import { type ReleaseManifest, shortId } from '../manifest.ts'

/** A part of a release that a machine needs before anything of ours can run there. */
export interface MachineLayer {
  layer: 'runtime' | 'agent'
  /** SHA-256 of its SHA256SUMS. */
  digest: string
  /** Where it is on a machine. */
  folder: string
}

/** @param root Where the machine's file system begins. */
export function machineLayers(
  { runtime, agent }: ReleaseManifest,
  root?: string,
): readonly [MachineLayer, MachineLayer] {
  const { runtimes, agents } = releaseFolders(root)
  return [
    { layer: 'runtime', digest: runtime.digest, folder: join(runtimes, shortId(runtime.digest)) },
    { layer: 'agent', digest: agent.digest, folder: join(agents, shortId(agent.digest)) },
  ]
}

/** The start of every command line that is for the agent: its verb follows. */
export function agentCommand(manifest: ReleaseManifest, root?: string): readonly [string, string] {
  const [runtime, agent] = machineLayers(manifest, root)
  return [join(runtime.folder, 'bin/node'), join(agent.folder, 'host.mjs')]
}
