import type { ItemKind } from '../item.ts'
import { certificate } from './certificate/certificate.ts'
import { mount } from './mount.ts'
import { nfsExport } from './nfs-export.ts'
import { nginxSite } from './nginx/nginx-site.ts'
import { postgresCertificate } from './postgres/postgres-certificate.ts'
import { postgresCluster } from './postgres/postgres-cluster.ts'
import { postgresDatabase } from './postgres/postgres-database.ts'
import { postgresRestorer } from './postgres/postgres-restorer.ts'
import { runFolders } from './run-folders.ts'
import { shop } from './shop/shop.ts'

/** What a site consists of, over what a machine consists of. */
export const site: readonly ItemKind[] = [
  runFolders,
  nfsExport,
  mount,
  postgresCertificate,
  postgresCluster,
  postgresDatabase,
  postgresRestorer,
  nginxSite,
  certificate,
  shop,
]
