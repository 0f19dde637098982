import type { Command } from 'commander'
import { createProgram } from '../frame/program.ts'
import type { Verb } from '../verb.ts'

/** What can be typed after one verb (the first entry: after `bookstore` itself). */
export interface Place {
  /** 'db backup'; empty for the start. */
  path: string
  verbs: readonly Word[]
  options: readonly Option[]
  /** Values of the first argument, where they are few. */
  values: readonly string[]
}

export interface Word {
  text: string
  meaning: string
}

export interface Option extends Word {
  takesValue: boolean
  /** Empty: a file. */
  values: readonly string[]
}

/** All that a completion script has to know, read from the same declarations as the parser. */
export function vocabulary(verbs: readonly Verb[]): readonly Place[] {
  return placesOf(
    createProgram(verbs, () => {}),
    [],
  )
}

function placesOf(command: Command, path: readonly string[]): readonly Place[] {
  const help = command.createHelp()
  const verbs = command.commands.map((child) => ({ text: child.name(), meaning: child.summary() }))
  const options = [...help.visibleOptions(command), ...help.visibleGlobalOptions(command)].flatMap((option) => {
    const { required, optional, argChoices = [], description } = option
    const flags = [option.long, option.short].filter((flag): flag is string => typeof flag === 'string')
    const values = option.long === '--target' ? ['local', 'vm', 'aws'] : argChoices
    return flags.map((text) => ({ text, meaning: description, takesValue: required || optional, values }))
  })
  const here = { path: path.join(' '), verbs, options, values: command.registeredArguments[0]?.argChoices ?? [] }
  return [here, ...command.commands.flatMap((child) => placesOf(child, [...path, child.name()]))]
}
