import { mkdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { BookstoreError } from '../../engine/errors.ts'
import { writeFileAtomic } from '../../engine/files.ts'
import type { Context } from '../../engine/resource.ts'
import type { Layout } from '../layout.ts'
import { lastLines, runProgram } from '../run-program.ts'
import { demand } from '../supervisor/client.ts'
import type { NginxServer } from './locate.ts'
import { nginxArguments, statusSocket } from './process.ts'
import { untilLoaded } from './revision.ts'
import type { NginxFiles } from './settings.ts'

const pageFile = (layout: Layout) => join(layout.errorPages, 'unavailable.html')

/** Digest-free comparison: the texts that are on the disk, or `undefined` when one is missing. */
export async function writtenFiles(layout: Layout): Promise<Pick<NginxFiles, 'text' | 'page'> | undefined> {
  try {
    const [text, page] = await Promise.all([readFile(layout.nginxConfig, 'utf8'), readFile(pageFile(layout), 'utf8')])
    return { text, page }
  } catch {
    return undefined
  }
}

/** Puts a configuration in its place after NGINX itself has found it good. Throws `nginx-config`; the old one stays then. */
export async function writeFiles(
  layout: Layout,
  server: NginxServer,
  files: NginxFiles,
  signal: AbortSignal,
): Promise<void> {
  await mkdir(layout.errorPages, { recursive: true, mode: 0o700 })
  const candidate = `${layout.nginxConfig}.candidate`
  await writeFileAtomic(candidate, files.text, 0o600)
  try {
    await test(server, candidate, layout, signal)
    await writeFileAtomic(pageFile(layout), files.page, 0o600)
    await writeFileAtomic(layout.nginxConfig, files.text, 0o600)
  } finally {
    await rm(candidate, { force: true })
  }
}

async function test(server: NginxServer, file: string, layout: Layout, signal: AbortSignal): Promise<void> {
  const argv = [...nginxArguments(server, file), '-t']
  const { code, output } = await runProgram(argv, { cwd: dirname(layout.nginxConfig), env: {}, signal })
  if (code === 0) return
  throw new BookstoreError(`NGINX ${server.version} refuses its configuration: ${lastLines(output).join(' / ')}`, {
    code: 'nginx-config',
    fault: 'bug',
    hint: 'The configuration that was there before is still in use.',
  })
}

/** Has the running NGINX load what is on the disk; requests in flight finish on the old one. Throws `nginx-reload`. */
export async function reload(layout: Layout, revision: string, ctx: Context): Promise<void> {
  await demand(layout.supervisorSocket, { do: 'signal', name: 'nginx', signal: 'SIGHUP' }, ctx.signal)
  await untilLoaded(statusSocket(layout), revision, ctx, () => notLoaded(layout))
}

function notLoaded(layout: Layout): BookstoreError {
  return new BookstoreError('NGINX goes on with its old configuration: it did not load the new one.', {
    code: 'nginx-reload',
    fault: 'remote',
    hint: `See: bookstore logs nginx, or ${layout.logs}/nginx.log`,
  })
}
