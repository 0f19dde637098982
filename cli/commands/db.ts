import type { Manifest } from '../../provisioners/backups/manifest.ts'
import { exit } from '../../provisioners/engine/errors.ts'
import type { Site } from '../../provisioners/site.ts'
import type { Invocation, Outcome, Verb } from '../verb.ts'

const services = ['auth', 'catalog', 'sales', 'payments'] as const

const backup: Verb = {
  name: 'backup',
  summary: 'write books, users, orders and covers to one file',
  declare(command) {
    command.option('-o, --output <file>', 'where to: .tar.gz or .tar (default: a name with the time, here)')
  },
  async run(invocation) {
    const site = await invocation.site()
    const { targetOf } = await import('../../provisioners/targets/index.ts')
    const file = await outputOf(invocation, site)
    invocation.emit({ type: 'run-started', verb: 'db backup', subject: site.domain, detail: '' })
    const manifest = await (await targetOf(site, invocation)).backup(file, invocation)
    const { stat } = await import('node:fs/promises')
    const bytes = (await stat(file)).size
    return {
      status: exit.done,
      result: { file, bytes, ...factsOf(manifest) },
      text: `${file}  ${(bytes / 1e6).toFixed(1)} MB, ${describe(manifest)}`,
      next: [`bookstore db restore ${file}`],
    }
  },
}

const restore: Verb = {
  name: 'restore',
  summary: 'put a backup in the place of all data of the shop',
  declare(command) {
    command.argument('<file>', 'what bookstore db backup has written')
  },
  async run(invocation) {
    const site = await invocation.site()
    const [{ targetOf }, { resolve }] = await Promise.all([
      import('../../provisioners/targets/index.ts'),
      import('node:path'),
    ])
    const file = resolve(invocation.cwd, invocation.args[0] ?? '')
    invocation.emit({ type: 'run-started', verb: 'db restore', subject: site.domain, detail: '' })
    const target = await targetOf(site, invocation)
    const manifest = await target.restore(file, invocation, (found) => invocation.confirm(questionOf(found, site)))
    return {
      status: exit.done,
      result: { file, ...factsOf(manifest) },
      text: `The shop has what it had on ${manifest.created}: ${describe(manifest)}.`,
      next: ['bookstore smoke', 'bookstore status'],
    }
  },
}

const shell: Verb = {
  name: 'shell',
  summary: 'speak SQL with the database of a service',
  declare(command) {
    command
      .argument('[service]', `${services.join(', ')} (default: catalog)`)
      .option('--write', 'allow changes; without it every transaction is read-only')
      .option('--built-in', 'the small prompt of bookstore, even where there is psql')
  },
  async run(invocation) {
    const { args, options } = invocation
    const service = await serviceOf(args[0] ?? 'catalog')
    const site = await invocation.site()
    const { databaseAccess, runningSite } = await import('../../provisioners/backups/index.ts')
    const { findPsql, withPsql } = await import('../../provisioners/backups/shell/psql.ts')
    const database = await databaseAccess(await runningSite(site), service)
    const { interactive } = invocation
    const write = options.write === true
    const psql = options.builtIn === true ? undefined : await findPsql()
    if (psql !== undefined) {
      const status = await withPsql(psql, database, { write, interactive }, ({ argv, env }) =>
        invocation.handOver(argv, env),
      )
      return shellOutcome(service, 'psql', status === 0)
    }
    const { runPrompt } = await import('../../provisioners/backups/shell/prompt.ts')
    await runPrompt(database, {
      input: invocation.input.stream,
      echo: invocation.input.echo,
      write: (text) => invocation.write(text),
      allowWrites: write,
      signal: invocation.signal,
    })
    return shellOutcome(service, 'built-in', true)
  },
}

export const db: Verb = {
  name: 'db',
  summary: 'back up, restore and look into the databases',
  children: [backup, restore, shell],
}

function shellOutcome(service: string, program: string, ok: boolean): Outcome {
  return { status: ok ? exit.done : exit.failed, result: { service, program } }
}

async function outputOf({ options, cwd, clock, confirm }: Invocation, site: Site): Promise<string> {
  const [{ resolve }, { stat }] = await Promise.all([import('node:path'), import('node:fs/promises')])
  const time = clock.now().toISOString().slice(0, 19).replace(/[-:]/g, '').replace('T', '-')
  const given = typeof options.output === 'string' ? options.output : `bookstore-${site.name}-${time}.tar.gz`
  if (!/\.(tar|tar\.gz|tgz)$/.test(given)) {
    const { usageError } = await import('../frame/usage.ts')
    throw usageError(
      'wrong-output',
      `'${given}' is no name for a backup.`,
      'Let it end in .tar.gz or .tar: --output shop.tar.gz',
    )
  }
  const file = resolve(cwd, given)
  if (await stat(file).catch(() => undefined)) await confirm(`Replace ${file}, which is there already?`)
  return file
}

async function serviceOf(name: string): Promise<(typeof services)[number]> {
  const found = services.find((service) => service === name)
  if (found) return found
  const { suggestion, usageError } = await import('../frame/usage.ts')
  const hint = suggestion(name, services, `There are: ${services.join(', ')}.`)
  throw usageError('unknown-service', `No service '${name}' has a database.`, hint)
}

function questionOf(manifest: Manifest, site: Site): string {
  return `Replace all data of the shop ${site.domain} by the backup of ${manifest.created} (${manifest.shop.domain}: ${describe(manifest)})?`
}

const rowsOf = ({ services: found }: Manifest, service: string, table: string) =>
  found[service]?.tables.find(({ name }) => name === table)?.rows ?? 0

function describe(manifest: Manifest): string {
  const { books, users, orders, covers } = factsOf(manifest)
  return [counted(books, 'book'), counted(users, 'user'), counted(orders, 'order'), counted(covers, 'cover')].join(', ')
}

const counted = (count: number, noun: string) => `${count} ${noun}${count === 1 ? '' : 's'}`

function factsOf(manifest: Manifest) {
  return {
    created: manifest.created,
    bookstore: manifest.bookstore,
    books: rowsOf(manifest, 'catalog', 'books'),
    users: rowsOf(manifest, 'auth', 'users'),
    orders: rowsOf(manifest, 'sales', 'orders'),
    covers: manifest.covers.length,
  }
}
