import { access, constants, readdir } from 'node:fs/promises'
import { homedir, platform, userInfo } from 'node:os'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { type Finished, runProgram } from '../../local/run-program.ts'

/** What trust stores need of this computer; tests put another one in its place. */
export interface Computer {
  platform: string
  /** Whether we may write to folders of the system. */
  isRoot: boolean
  home: string
  /** Absolute path of a program, or `undefined`. */
  find(program: string): Promise<string | undefined>
  isFolder(path: string): Promise<boolean>
  /** Names in a folder; none when there is no such folder. */
  list(path: string): Promise<string[]>
  run(argv: readonly string[], signal: AbortSignal): Promise<Finished>
}

export function thisComputer(): Computer {
  return {
    platform: platform(),
    isRoot: userInfo().uid === 0,
    home: homedir(),
    find: findProgram,
    isFolder: (path) =>
      readdir(path).then(
        () => true,
        () => false,
      ),
    list: (path) => readdir(path).catch(() => []),
    run: (argv, signal) => runProgram(argv, { signal }),
  }
}

async function findProgram(program: string): Promise<string | undefined> {
  const folders = [...(env.PATH ?? '').split(delimiter), '/usr/sbin', '/sbin'].filter(Boolean)
  for (const folder of folders) {
    const path = join(folder, program)
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return path
  }
  return undefined
}
