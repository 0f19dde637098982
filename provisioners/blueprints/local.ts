import type { Resource } from '../engine/resource.ts'
import { LocalSite } from '../local/local-site.ts'
import { preparedPostgres } from '../local/postgres/prepare.ts'
import { postgresSpec } from '../local/postgres/process.ts'
import { builtPrograms, type Programs } from '../local/programs.ts'
import { at } from '../local/resources/addresses.ts'
import { authority, certificate } from '../local/resources/certificates.ts'
import { credentials, folders, secrets } from '../local/resources/folders.ts'
import { nginx, nginxConfiguration } from '../local/resources/nginx.ts'
import { cluster, database, migrations, seed } from '../local/resources/postgres.ts'
import { processResource, retired } from '../local/resources/processes.ts'
import { supervisor } from '../local/resources/supervisor.ts'
import { serviceSpec } from '../local/service-spec.ts'
import { databases } from '../shop/secrets.ts'
import { instanceNames, type ServiceKind, services } from '../shop/services.ts'
import type { Site } from '../site.ts'

/**
 * The whole site on this computer. NGINX comes up early, because the processes reach each other through it; what is
 * not there yet it answers with "unavailable".
 */
export function localBlueprint(site: Site, programs: Programs = builtPrograms()): readonly Resource[] {
  const local = new LocalSite(site, programs)
  const processes = services.flatMap((kind) => serviceProcesses(local, kind))
  const wanted = ['postgres', 'nginx', ...services.flatMap((kind) => instanceNames(kind.name, local.instances))]
  return [
    folders(local),
    secrets(local),
    credentials(local),
    authority(local),
    certificate(local),
    cluster(local),
    supervisor(local),
    postgres(local),
    nginxConfiguration(local),
    nginx(local),
    ...databases.flatMap((name) => [database(local, name), migrations(local, name)]),
    ...(site.shop.catalogue === 'classics' ? [seed(local)] : []),
    ...processes,
    retired(local, wanted, [at.nginx, ...processes.map((each) => each.address)]),
  ]
}

function postgres(local: LocalSite): Resource {
  return processResource(local, {
    name: 'postgres',
    label: 'PostgreSQL',
    dependsOn: [at.cluster, at.supervisor],
    spec: async () => postgresSpec(local.layout, await local.postgres()),
    prepare: async () => {
      await preparedPostgres(local)
    },
    detail: async () => {
      const { server } = await local.postgres()
      return `${server.kind} ${server.version}`
    },
  })
}

/** Instances of a service follow each other, so that a new build replaces them one by one. */
function serviceProcesses(local: LocalSite, kind: ServiceKind): Resource[] {
  const names = instanceNames(kind.name, local.instances)
  return names.map((name, index) => {
    const before = index === 0 ? undefined : names[index - 1]
    return processResource(local, {
      name,
      label: name.replace('-', ' '),
      dependsOn: [
        at.supervisor,
        at.nginx,
        at.credentials,
        ...(kind.database ? [at.migrations(kind.name)] : []),
        ...(before === undefined ? [] : [at.process(before)]),
      ],
      redundant: names.length > 1,
      spec: () => serviceSpec(local, kind, name),
    })
  })
}
