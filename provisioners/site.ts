import type { DnsSettings } from './dns/settings.ts'

export type Target = 'local' | 'vm' | 'aws'

/** What the operator wants, validated and with every default filled in. `cli/config` makes it; blueprints read it. */
export interface Site {
  /** Name of the stack: lower case, digits, hyphens. Two stacks with different names never touch each other. */
  name: string
  domain: string
  aliases: readonly string[]
  target: Target
  shop: Shop
  /** ISO 4217, the one currency of the shop. */
  currency: string
  /** `simulator` moves no real money, and every page says so. */
  payments: 'simulator'
  local: LocalSettings
  /** Undefined where the target is local; on aws it is filled in when the machine is known. */
  vm: VmSettings | undefined
  /** Undefined where the target is another. */
  aws: AwsSettings | undefined
  /** E-mail address that alarms go to. */
  alerts: string | undefined
  certificates: CertificateSettings
  /** Who keeps the zone of the domain. Secrets of a provider come from the environment, never from the file. */
  dns: DnsSettings
  /** Absolute folder that holds all local state (`.bookstore/` beside the configuration, or BOOKSTORE_HOME). */
  home: string
}

export interface Shop {
  name: string
  tagline: { es: string; en: string }
  /** CSS hex colour, `#rrggbb`. */
  accent: string
  /** The first is the default. */
  languages: readonly Language[]
  contact: string | undefined
  legal: { es: string; en: string }
  /** What the shelves hold at the first start. */
  catalogue: 'classics' | 'empty'
}

export type Language = 'es' | 'en'
export type ServerChoice = 'auto' | 'system' | 'embedded'

export interface LocalSettings {
  httpsPort: number
  httpPort: number
  postgres: ServerChoice
  nginx: ServerChoice
  /** Processes of each service; `undefined` keeps what `bookstore scale` last set (1 at first). */
  instances: number | undefined
}

/** Machines that are there already, reached over SSH. */
export interface VmSettings {
  machines: readonly MachineSettings[]
  /** Processes of each service in a slot; `undefined` keeps what `bookstore scale` last set (1 at first). */
  instances: number | undefined
  /** What the images of its processes are built on; undefined where they are units of systemd. */
  containers: ContainerBase | undefined
  /** Where they put their backups and figures; undefined where nobody is to have them. */
  publish?: MachinePublishes | undefined
}

/** Of an account at AWS. */
export interface MachinePublishes {
  region: string
  bucket: string
  /** Its number. */
  account: string
}

/** A machine that we make. */
export interface AwsSettings {
  region: string
  instanceType: string
  /** 'ubuntu-24.04', ..., or the id of an image: 'ami-...'. */
  image: string
  architecture: 'x64' | 'arm64'
  /** The account's default network, or one that we make. */
  vpc: 'default' | 'dedicated'
  volumeGb: number
  /** Networks that may reach SSH, in CIDR notation. */
  operators: readonly string[]
  /** Processes of each service in a slot; 1 by default. */
  instances: number | undefined
}

/** An image that Docker knows or pulls, or an absolute path of a root file system in an archive on the operator's side. */
export type ContainerBase = { reference: string } | { archive: string }

/** What stands on a machine: NGINX and the processes, PostgreSQL, or the uploaded covers for web machines beside it. */
export type Role = 'web' | 'database' | 'files'

export interface MachineSettings {
  /** Name or address. */
  host: string
  /** By which the site's other machines reach it; undefined: the address of `host`. */
  privateAddress?: string | undefined
  port: number
  user: string
  /** Private key file; undefined: the agent, then the usual files. */
  key: string | undefined
  /** 'SHA256:...' of the host key; undefined: what was confirmed at the first connection. */
  hostKey: string | undefined
  roles: readonly Role[]
}

export interface CertificateSettings {
  /** Directory URL of the authority (RFC 8555). */
  directory: string
  /** Where a dry run goes first; undefined: no dry run. */
  staging: string | undefined
  email: string | undefined
  profile: string | undefined
  /** Absolute path of the PEM file of a private authority: of its API and of what it signs. */
  ca: string | undefined
  /** Let browsers carry the domain in their lists of those for HTTPS only. */
  hstsPreload: boolean
}
