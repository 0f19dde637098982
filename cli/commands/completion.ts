import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

const shells = ['bash', 'zsh', 'fish'] as const

/** @param verbs Asked only when the verb runs: the registry holds this verb too. */
export function createCompletion(verbs: () => readonly Verb[]): Verb {
  return {
    name: 'completion',
    summary: 'print a completion script for bash, zsh or fish',
    declare(command) {
      const shell = command.createArgument('<shell>', shells.join(', ')).choices(shells)
      command.addArgument(shell)
      command.addHelpText('after', '\nFor bash: source <(bookstore completion bash)')
    },
    async run({ args }) {
      const { vocabulary } = await import('../completion/vocabulary.ts')
      const { scripts } = await import('../completion/scripts.ts')
      const shell = shells.find((it) => it === args[0]) ?? 'bash'
      const script = scripts[shell](vocabulary(verbs()))
      return { status: exit.done, result: { shell, script }, text: script }
    },
  }
}
