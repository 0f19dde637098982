import type { Clock } from '../../provisioners/engine/resource.ts'
import type { Renderer } from './renderer.ts'
import type { Terminal } from './terminal.ts'

interface Manner {
  json: boolean
  quiet: boolean
  verbose: boolean
}

/** JSON lines, the live tree on a terminal, plain lines elsewhere; with --quiet only what is wrong. */
export async function createRenderer(choice: Manner, terminal: Terminal, clock: Clock): Promise<Renderer> {
  if (choice.json) return new (await import('./json.ts')).JsonRenderer(terminal)
  if (choice.quiet) return new (await import('./quiet.ts')).QuietRenderer(terminal)
  if (terminal.live) return new (await import('./tree.ts')).TreeRenderer(terminal, clock)
  return new (await import('./plain.ts')).PlainRenderer(terminal, clock, choice.verbose)
}
