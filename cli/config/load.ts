import { readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import type { Emit } from '../../provisioners/engine/events.ts'
import { describeSystemError } from '../../provisioners/engine/system-error.ts'
import type { Site } from '../../provisioners/site.ts'
import { type ConfigDocument, parseConfig } from './document.ts'
import { asciiDomain, isLocalName } from './domain.ts'
import { toSite } from './site.ts'
import { validate } from './validate.ts'

export interface Surroundings {
  /** Absolute. */
  cwd: string
  /** BOOKSTORE_HOME, when it is set and not empty. */
  home: string | undefined
  emit: Emit
}

export const defaultFile = 'bookstore.yaml'

/**
 * Reads `--config`, else ./bookstore.yaml, else goes by the defaults; nowhere else is searched. Says in a note when a
 * public domain is previewed under a local name.
 *
 * @throws BookstoreError with status 78.
 */
export async function loadSite(
  { config, env, target }: { config?: string; env?: string; target?: string },
  { cwd, home, emit }: Surroundings,
): Promise<Site> {
  const path = resolve(cwd, config ?? defaultFile)
  const document = await readConfig(path, relative(cwd, path) || path, config !== undefined)
  if (!document && env !== undefined) throw noFileFor(env)
  const settings = validate(document ?? parseConfig('', defaultFile), env, target)
  const besides = document ? dirname(path) : cwd
  const site = toSite(settings, home ? resolve(cwd, home) : join(besides, '.bookstore'), besides)
  if (site.target === 'local' && !isLocalName(asciiDomain(settings.domain) ?? ''))
    emit(preview(settings.domain, site.domain))
  return site
}

async function readConfig(path: string, shown: string, required: boolean): Promise<ConfigDocument | undefined> {
  try {
    return parseConfig(await readFile(path, 'utf8'), shown)
  } catch (error) {
    if (error instanceof BookstoreError) throw error
    const code = (error as NodeJS.ErrnoException).code
    if (code === 'ENOENT' && !required) return undefined
    throw unreadable(shown, error, code)
  }
}

function unreadable(file: string, error: unknown, code: string | undefined): BookstoreError {
  const missing = code === 'ENOENT' || code === 'ENOTDIR'
  const why = code === 'EISDIR' ? 'it is a folder' : describeSystemError(error, `reading ${file}`).message
  return new BookstoreError(missing ? `There is no file ${file}.` : `${file} cannot be read: ${why}`, {
    code: missing ? 'configuration-missing' : 'configuration-unreadable',
    fault: 'user',
    status: exit.configuration,
    hint: missing ? 'Write one with: bookstore init' : 'Check the path given to --config.',
    cause: error,
    details: { file },
  })
}

function noFileFor(env: string): BookstoreError {
  return new BookstoreError(`--env ${env} needs a configuration, and there is no ${defaultFile} here.`, {
    code: 'configuration-missing',
    fault: 'user',
    status: exit.configuration,
    hint: 'Write one with: bookstore init',
  })
}

function preview(domain: string, local: string) {
  return {
    type: 'note',
    level: 'info',
    message: `${domain} is a public name; on this computer the shop is previewed as ${local}.`,
  } as const
}
