import type { Check, Finding } from '../engine/check.ts'
import { BookstoreError } from '../engine/errors.ts'
import { services } from '../shop/services.ts'
import type { Site } from '../site.ts'
import { LocalSite } from './local-site.ts'
import { builtPrograms, revisionOf } from './programs.ts'
import { portState } from './site-ports.ts'

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
    check(`port ${site.local.httpsPort}`, () => portState(local, 'httpsPort')),
    check(`port ${site.local.httpPort}`, () => portState(local, 'httpPort')),
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
