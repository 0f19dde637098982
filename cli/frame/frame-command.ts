import { Command, type ErrorOptions, type HelpContext } from 'commander'
import { suggestion, usageError } from './usage.ts'

/**
 * Commander's command with our manners: whatever is wrong with a command line becomes a usage error with the
 * nearest name. `unknownOption`, `unknownCommand`, `missingArgument` and `_excessArguments` are commander's own
 * hooks (lib/command.js of 14.0.3); all of them would end in `error`, which is caught here as well.
 */
export class FrameCommand extends Command {
  override createCommand(name?: string): FrameCommand {
    return new FrameCommand(name)
  }

  override error(message: string, options?: ErrorOptions): never {
    const code = (options?.code ?? 'usage')
      .replace(/^commander\./, '')
      .replace(/[A-Z]/g, (it) => `-${it.toLowerCase()}`)
    throw usageError(code, sentence(message.replace(/^error: /, '')), this.#seeHelp())
  }

  /** Help goes to stdout; asked for or not, it is not an error, except for a verb that needs another word. */
  override help(context?: HelpContext): never
  override help(callback?: (text: string) => string): never
  override help(context?: unknown): never {
    const incomplete = typeof context === 'object' && (context as HelpContext | null)?.error === true
    if (incomplete && this.parent) {
      const names = this.#verbNames()
      throw usageError('missing-verb', `${this.#path()} needs one of these: ${names.join(', ')}.`, this.#seeHelp())
    }
    return super.help()
  }

  unknownOption(flag: string): never {
    const name = flag.split('=')[0] ?? flag
    throw usageError(
      'unknown-option',
      `${this.#path()} has no option ${name}.`,
      suggestion(name, this.#flags(), this.#seeHelp()),
    )
  }

  unknownCommand(): never {
    const name = this.args[0] ?? ''
    const hint = suggestion(name, this.#verbNames(), this.#seeHelp())
    throw usageError('unknown-verb', `${this.#path()} has no verb '${name}'.`, hint)
  }

  missingArgument(name: string): never {
    throw usageError('missing-argument', `${this.#path()} needs <${name}>.`, this.#seeHelp())
  }

  _excessArguments(received: readonly string[]): void {
    const allowed = this.registeredArguments.length
    if (received.length <= allowed) return
    const extra = received[allowed] ?? ''
    const takes = allowed === 0 ? 'takes no argument' : `takes ${allowed} argument${allowed === 1 ? '' : 's'}`
    throw usageError('excess-argument', `${this.#path()} ${takes}, and got '${extra}' as well.`, this.#seeHelp())
  }

  #path(): string {
    const parent = this.parent
    return parent instanceof FrameCommand ? `${parent.#path()} ${this.name()}` : this.name()
  }

  #seeHelp(): string {
    return `See: ${this.#path()} --help`
  }

  #verbNames(): string[] {
    return this.commands.map((command) => command.name())
  }

  #flags(): string[] {
    const here = this.createHelp()
    return [...here.visibleOptions(this), ...here.visibleGlobalOptions(this)].flatMap((option) =>
      [option.long, option.short].filter((flag): flag is string => flag !== undefined && flag !== null),
    )
  }
}

function sentence(text: string): string {
  const first = text.charAt(0).toUpperCase() + text.slice(1)
  return /[.?!]$/.test(first) ? first : `${first}.`
}
