import { letPass } from '../folders.ts'
import type { LocalSite } from '../local-site.ts'
import type { Installation } from './cluster.ts'
import { linkLibraries } from './libraries.ts'

/** The PostgreSQL of this site, with everything in place that its programs need to run. */
export async function preparedPostgres(local: LocalSite): Promise<Installation> {
  const installation = await local.postgres()
  await linkLibraries(installation.server, local.layout.libraries)
  if (installation.identity.user) await letPass(local.layout, installation.identity.user)
  return installation
}
