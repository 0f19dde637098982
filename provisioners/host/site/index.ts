import type { ItemKind } from '../item.ts'
import { certificate } from './certificate/certificate.ts'
import { nginxSite } from './nginx/nginx-site.ts'
import { postgresCluster } from './postgres/postgres-cluster.ts'
import { postgresDatabase } from './postgres/postgres-database.ts'
import { runFolders } from './run-folders.ts'
import { shop } from './shop/shop.ts'

/** What a site consists of, over what a machine consists of. */
export const site: readonly ItemKind[] = [runFolders, postgresCluster, postgresDatabase, nginxSite, certificate, shop]
