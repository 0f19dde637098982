import { basename, dirname } from 'node:path'
import { argv, execPath } from 'node:process'

/** Names of the runtime and the agent that do this very work: they stay, whatever release they came with. */
export function ownLayers(): readonly string[] {
  return [dirname(dirname(execPath)), dirname(argv[1] ?? '')].map((folder) => basename(folder))
}
