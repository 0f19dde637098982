import { briefly, changeOf, define, differs, freely } from '../../../engine/define.ts'
import type { Context } from '../../../engine/resource.ts'
import type { NginxServer } from '../../../local/nginx/locate.ts'
import type { Host } from '../../host.ts'
import { type ItemBase, itemKind } from '../../item.ts'
import { type CertificateInUse, certificateToUse, installCertificate } from './certificate.ts'
import { filesOf, removeFiles, type SiteFiles, writeFiles, writtenFiles } from './files.ts'
import { requirePorts } from './ports.ts'
import { installedNginx, type RunningNginx, runningNginx, startNginx, stopNginx } from './process.ts'
import { type NginxSite, nginxSiteSchema } from './schema.ts'

interface Wanted {
  server: NginxServer
  files: SiteFiles
  certificate: string
}

interface State {
  server: NginxServer
  files: Pick<SiteFiles, 'text' | 'pages' | 'unit'>
  certificate: CertificateInUse
  running: RunningNginx
}

/**
 * An NGINX of our own in front of both slots: `bookstore-nginx.service`, made from the distribution's package, as a user
 * of its own, on ports 80 and 443 of all addresses. What it is to do depends on the version that is found, so all is
 * written here. Certificates come from `/var/lib/bookstore/certificates` (provisioners/certificates/store.ts); until there
 * is one it shows one that nobody signed, and says so.
 *
 * Wants first: the packages `nginx` (with `nginx.service` off) and `logrotate`, the users `bookstore` and
 * `bookstore-nginx`, `run-folders`, the slice.
 */
export const nginxSite = itemKind<NginxSite>({ kind: 'nginx-site', schema: nginxSiteSchema, resource })

function resource(base: ItemBase, site: NginxSite, host: Host) {
  return define<Wanted, State>({
    ...base,
    desired: async () => {
      const server = await installedNginx()
      return { server, files: filesOf(site, server, host.facts), certificate: (await certificateToUse(site)).digest }
    },
    async read() {
      const [files, running] = await Promise.all([writtenFiles(), runningNginx(host)])
      // Where it could not start, nothing should be begun.
      if (!running.active) await requirePorts()
      if (!files) return undefined
      return { server: await installedNginx(), files, certificate: (await certificateToUse(site)).inUse, running }
    },
    diff,
    ensure: (wanted, _found, ctx) => bringAbout(host, site, wanted, ctx),
    remove: async () => {
      await stopNginx(host)
      await removeFiles(host)
    },
    detail: ({ server, certificate }) =>
      `NGINX ${server.version}${certificate.placeholder ? ', a certificate that nobody signed yet' : ''}`,
    cost: (action) => (action === 'update' || action === 'create' ? freely : briefly),
  })
}

function diff({ files, certificate }: Wanted, actual: State) {
  const { running } = actual
  const written = (name: keyof State['files'] & string, what: string) =>
    files[name] !== actual.files[name] && { field: what, from: 'what is written', to: 'as it should be' }
  return changeOf(
    written('text', 'nginx.conf'),
    written('pages', 'own pages'),
    written('unit', 'unit'),
    differs('certificate', actual.certificate.digest, certificate),
    differs('running', running.active, true),
    differs('starts at boot', running.enabled, true),
    running.active && differs('configuration in use', running.loaded, files.revision),
    running.replaced && { field: 'program', from: 'one that was replaced since', to: 'the installed one' },
  )
}

async function bringAbout(host: Host, site: NginxSite, { server, files }: Wanted, ctx: Context): Promise<State> {
  await installCertificate(site, ctx.clock)
  await writeFiles(host, server, files, ctx.signal)
  await startNginx(host, files.revision, ctx)
  return {
    server,
    files,
    certificate: (await certificateToUse(site)).inUse,
    running: { active: true, enabled: true, loaded: files.revision, replaced: false },
  }
}
