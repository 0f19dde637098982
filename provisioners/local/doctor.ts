import type { Check, Finding } from '../engine/check.ts'
import { BookstoreError } from '../engine/errors.ts'
import type { Site } from '../site.ts'
import { LocalSite } from './local-site.ts'
import { groupMembers, startOf } from './os-process.ts'
import { holderOf, requirePort } from './ports.ts'
import { services } from './processes.ts'
import { builtPrograms, revisionOf } from './programs.ts'
import { readJournal } from './supervisor/journal.ts'

/** What must hold before a site can stand on this computer. */
export function localChecks(site: Site): readonly Check[] {
  const local = new LocalSite(site, builtPrograms())
  return [
    check('PostgreSQL', async () => {
      const { server, identity } = await local.postgres()
      return `${server.version} (${server.kind}${identity.kind === 'self' ? '' : `, as ${identity.kind === 'nobody' ? 'user nobody' : 'nobody in a user namespace'}`})`
    }),
    check('NGINX', async () => {
      const server = await local.nginx()
      return `${server.version} (${server.kind})`
    }),
    check('programs', async () => {
      await Promise.all(
        [local.programs.supervisor, ...services.map(({ name }) => local.programs.service(name))].map(revisionOf),
      )
      return `${services.length} services and their supervisor`
    }),
    check(`port ${site.local.httpsPort}`, () => portState(local, site.local.httpsPort, 'httpsPort')),
    check(`port ${site.local.httpPort}`, () => portState(local, site.local.httpPort, 'httpPort')),
  ]
}

/** A check that holds when `look` answers, and does not when it throws one of our errors. */
function check(name: string, look: () => Promise<string>): Check {
  return { name, run: () => look().then((message): Finding => ({ ok: true, message }), refusal) }
}

function refusal(error: unknown): Finding {
  if (!(error instanceof BookstoreError)) throw error
  return { ok: false, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
}

/** Free, or held by the NGINX of this very site. */
async function portState(
  { layout, ipv6 }: LocalSite,
  port: number,
  setting: 'httpsPort' | 'httpPort',
): Promise<string> {
  const nginx = readJournal(layout.journal).children.find((each) => each.name === 'nginx')
  const holder = holderOf(port)
  const ours =
    nginx && startOf(nginx.pid) === nginx.start ? groupMembers(nginx.pid, nginx.cwd).map(({ pid }) => pid) : []
  if (holder && ours.includes(holder.pid)) return 'in use by this shop'
  await requirePort(port, setting, ['127.0.0.1', ...(ipv6 ? ['::1'] : [])])
  return 'free'
}
