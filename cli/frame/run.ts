import { type ExitStatus, exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'
import type { World } from './execute.ts'
import { parse } from './program.ts'

/**
 * From a command line to an exit status. What a verb needs is loaded once it is known which one was typed, so that
 * help and mistakes cost next to nothing.
 */
export async function run(argv: readonly string[], verbs: readonly Verb[], world: World): Promise<ExitStatus> {
  try {
    const request = parse(argv, verbs, (text) => world.terminal.out(text))
    if (!request) return exit.done
    const { execute } = await import('./execute.ts')
    return execute(request, world)
  } catch (thrown) {
    const [{ reportError }, { describeSystemError }] = await Promise.all([
      import('./report.ts'),
      import('../../provisioners/engine/system-error.ts'),
    ])
    const error = describeSystemError(thrown, 'reading the command line')
    await reportError(error, '', mannerOf(argv), world.terminal)
    return error.status
  }
}

/** How to speak of a command line that was not understood. */
function mannerOf(argv: readonly string[]) {
  const end = argv.indexOf('--')
  const words = end < 0 ? argv : argv.slice(0, end)
  return { json: words.includes('--json'), quiet: false, verbose: words.includes('-v') || words.includes('--verbose') }
}
