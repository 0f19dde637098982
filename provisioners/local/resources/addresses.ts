import type { Address } from '../../engine/resource.ts'

/** Names that resources of the local site use to depend on each other. */
export const at = {
  folders: 'local.folder/home',
  secrets: 'local.secrets/site',
  credentials: 'local.credentials/services',
  authority: 'local.authority/site',
  certificate: 'local.certificate/site',
  cluster: 'local.postgres/cluster',
  supervisor: 'local.supervisor/site',
  postgres: 'local.process/postgres',
  nginxConfig: 'local.nginx/config',
  nginx: 'local.process/nginx',
  retired: 'local.process/retired',
  seed: 'local.seed/catalogue',
  database: (name: string): Address => `local.database/${name}`,
  migrations: (name: string): Address => `local.migrations/${name}`,
  process: (name: string): Address => `local.process/${name}`,
} as const satisfies Record<string, Address | ((name: string) => Address)>
