import { readCertificate, siteFiles } from '../../certificates/store.ts'
import { briefly, changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Context, Resource } from '../../engine/resource.ts'
import type { LocalSite } from '../local-site.ts'
import { reload, writeFiles, writtenFiles } from '../nginx/apply.ts'
import type { NginxServer } from '../nginx/locate.ts'
import { nginxSpec, statusSocket } from '../nginx/process.ts'
import { loadedRevision } from '../nginx/revision.ts'
import { type NginxFiles, nginxFiles } from '../nginx/settings.ts'
import { runUntilReady } from '../run-until-ready.ts'
import { requirePorts } from '../site-ports.ts'
import { demand } from '../supervisor/client.ts'
import type { ProcessStatus } from '../supervisor/protocol.ts'
import { type ProcessSpec, specHash } from '../supervisor/spec.ts'
import { at } from './addresses.ts'

/** What NGINX is to read. Written only after NGINX has tested it. */
export function nginxConfiguration(local: LocalSite): Resource {
  const { layout } = local
  return define<NginxFiles, { text: string; page: string }>({
    address: at.nginxConfig,
    label: 'NGINX configuration',
    dependsOn: [at.certificate],
    desired: () => wantedFiles(local),
    read: () => writtenFiles(layout),
    diff: (files, found) =>
      changeOf(
        files.text !== found.text && { field: 'nginx.conf', from: 'what is written', to: files.revision },
        files.page !== found.page && { field: 'unavailable.html', from: 'what is written', to: 'another text' },
      ),
    async ensure(files, _found, ctx) {
      await writeFiles(layout, await local.nginx(), files, ctx.signal)
      return files
    },
  })
}

/** The configuration that this site should have now, with the certificate that is on the disk. */
export async function wantedFiles(local: LocalSite): Promise<NginxFiles> {
  const { site, layout, instances, ipv6 } = local
  const [server, found] = await Promise.all([local.nginx(), readCertificate(siteFiles(layout.tls))])
  return nginxFiles(site, layout, server, { instances, ipv6, certificate: found?.fingerprint.slice(0, 16) ?? 'none' })
}

interface Wanted {
  spec: ProcessSpec
  revision: string
}

interface Running {
  status: ProcessStatus
  loaded: string | undefined
  server: NginxServer
}

/** The running NGINX. Another configuration is loaded without a restart; another NGINX or another port is one. */
export function nginx(local: LocalSite): Resource {
  const { site, layout } = local
  return define<Wanted, Running>({
    address: at.nginx,
    label: 'NGINX',
    dependsOn: [at.nginxConfig, at.supervisor],
    desired: async () => ({
      spec: nginxSpec(site, layout, await local.nginx()),
      revision: (await wantedFiles(local)).revision,
    }),
    async read() {
      const status = (await local.status())?.processes.find((each) => each.name === 'nginx')
      if (status) return { status, loaded: await loadedRevision(statusSocket(layout)), server: await local.nginx() }
      // Where it could not start, nothing should be begun.
      await requirePorts(local)
      return undefined
    },
    diff: ({ spec, revision }, { status, loaded }) =>
      changeOf(
        status.hash !== specHash(spec) && { field: 'program or ports', from: status.hash, to: specHash(spec) },
        differs('state', status.state, 'ready'),
        differs('configuration', loaded, revision),
      ),
    ensure: (wanted, _found, ctx) => bringAbout(local, wanted, ctx),
    async remove() {
      await demand(layout.supervisorSocket, { do: 'remove', name: 'nginx' })
      local.changed('processes')
    },
    detail: ({ server }) => `${server.kind} ${server.version}`,
    cost: (action) => (action === 'create' ? freely : briefly),
  })
}

async function bringAbout(local: LocalSite, { spec, revision }: Wanted, ctx: Context): Promise<Running> {
  const { layout } = local
  await requirePorts(local)
  const status = await runUntilReady(local, spec, at.nginx, ctx)
  if ((await loadedRevision(statusSocket(layout))) !== revision) await reload(layout, revision, ctx)
  return { status, loaded: revision, server: await local.nginx() }
}
