import { createLog, type Log } from './log.ts'
import { type Environment, SettingsError } from './settings.ts'

export interface ProcessContext {
  env: Environment
  log: Log
  /** Aborts on SIGTERM and SIGINT. */
  signal: AbortSignal
}

export type Command = (context: ProcessContext) => Promise<void>

/**
 * Runs `node <process>.mjs [command]` ('serve' by default). Status 0 when the command is done, 1 when it failed,
 * 64 for a command that is not there, 78 for wrong settings. The only place of a service that touches `process`.
 */
export async function main(commands: Readonly<Record<string, Command>>): Promise<void> {
  const env: Environment = process.env
  const log = createLog(env.BOOKSTORE_PROCESS ?? 'unnamed', env.BOOKSTORE_LOG_LEVEL ?? 'info')
  const name = process.argv[2] ?? 'serve'
  const command = commands[name]
  if (!command) {
    log.fatal({ command: name, known: Object.keys(commands) }, 'no such command')
    process.exitCode = 64
    return
  }
  const stop = new AbortController()
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => stop.abort(new Error(signal)))
  try {
    await command({ env, log, signal: stop.signal })
    // Sockets that a library keeps must not hold the process.
    process.exit(0)
  } catch (error) {
    log.fatal({ err: error }, error instanceof SettingsError ? error.message : 'ended by an error')
    process.exit(error instanceof SettingsError ? 78 : 1)
  }
}
