import { CommanderError, Option } from 'commander'
import packageJson from '../../package.json' with { type: 'json' }
import type { GlobalOptions, Verb } from '../verb.ts'
import { FrameCommand } from './frame-command.ts'
import { usageError } from './usage.ts'

/** A command line that was understood. `undefined` instead of it: help or the version was printed, nothing is to do. */
export interface Request {
  verb: Verb
  /** ['db', 'backup'] */
  path: readonly string[]
  args: readonly string[]
  options: Record<string, unknown> & GlobalOptions
}

/** Builds the commander tree of all verbs; `found` is called with the one that was typed. */
export function createProgram(
  verbs: readonly Verb[],
  write: (text: string) => void,
  found: (request: Request) => void = () => {},
): FrameCommand {
  const program = new FrameCommand('bookstore')
  program
    .description(packageJson.description)
    .usage('<verb> [options]')
    .version(packageJson.version, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .configureHelp({ showGlobalOptions: true, helpWidth: 80 })
    .commandsGroup('Verbs:')
    .helpCommand('help [verb]', 'print the help of a verb')
    .configureOutput({ writeOut: write, writeErr: write })
    .exitOverride()
  for (const option of globalOptions()) program.addOption(option)
  for (const verb of verbs) addVerb(program, verb, [], found)
  program.addHelpText('after', '\nStart with: bookstore up')
  return program
}

/** @throws BookstoreError with status 64 for a command line that cannot be understood. */
export function parse(
  argv: readonly string[],
  verbs: readonly Verb[],
  write: (text: string) => void,
): Request | undefined {
  let request: Request | undefined
  const program = createProgram(verbs, write, (found) => {
    request = found
  })
  try {
    program.parse(argv, { from: 'user' })
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return undefined
    throw error
  }
  return request
}

function globalOptions(): Option[] {
  return [
    new Option('--config <file>', 'configuration (default: bookstore.yaml, when there is one)'),
    new Option('--env <name>', 'use environments.<name> of the configuration'),
    new Option('--target <where>', 'where the shop runs: local, vm, aws').argParser(target),
    new Option('--json', 'one JSON event a line on stdout, a result last'),
    new Option('-y, --yes', 'answer every question with yes'),
    new Option('-q, --quiet', 'say only what is wrong').conflicts('verbose'),
    new Option('-v, --verbose', 'say more, with stack traces'),
  ]
}

function target(value: string): string {
  if (value === 'local' || value === 'vm' || value === 'aws') return value
  throw usageError(
    'unknown-target',
    `There is no target '${value}'.`,
    'Use --target local, --target vm or --target aws.',
  )
}

function addVerb(parent: FrameCommand, verb: Verb, above: readonly string[], found: (request: Request) => void): void {
  const path = [...above, verb.name]
  const command = parent.createCommand(verb.name).copyInheritedSettings(parent)
  command.summary(verb.summary).description(verb.summary).configureHelp({ showGlobalOptions: true, helpWidth: 80 })
  verb.declare?.(command)
  for (const child of verb.children ?? []) addVerb(command as FrameCommand, child, path, found)
  if (verb.run) {
    command.action(() => found({ verb, path, args: command.args, options: withDefaults(command.optsWithGlobals()) }))
  }
  parent.addCommand(command)
}

function withDefaults(options: Record<string, unknown>): Request['options'] {
  const on = (name: string) => options[name] === true
  return { ...options, json: on('json'), yes: on('yes'), quiet: on('quiet'), verbose: on('verbose') }
}
