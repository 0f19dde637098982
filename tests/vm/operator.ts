import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Role } from '../../provisioners/site.ts'
import type { Authority } from '../lab/acme/authority.ts'
import type { Lab } from '../lab/lab.ts'
import type { NameServer } from '../lab/names/name-server.ts'

export interface Said {
  status: number | null
  /** Standard output. */
  text: string
  /** Standard error. */
  talk: string
  /** Of `--json`: every line. */
  events: readonly Record<string, unknown>[]
  /** Of `--json`: the last line. */
  result: Record<string, unknown> & { error?: { code: string; message: string } }
}

/** How a machine is entered, and what for. */
export interface Entrance {
  address: string
  ssh: { privateKeyPath: string; username: string }
  /** All of them unless told. */
  roles?: readonly Role[]
}

/** An operator with a configuration, in a folder of their own, in front of a lab. */
export class Operator {
  readonly folder: string
  /** The bookstore that this one works with: of this checkout, until told otherwise. */
  launcher = fileURLToPath(new URL('../../bin/bookstore', import.meta.url))
  /** Those who answer for the shop's domain. */
  readonly names: NameServer
  /** PEM file: of the authority's API, and of what it signs. */
  readonly roots: string
  /** Who signs the shop's certificate. */
  readonly authority: Authority
  /** Asks the shop's name servers for every name, as the rest of the world would in the end. */
  resolves = false
  readonly #environment: Record<string, string>

  private constructor(
    folder: string,
    names: NameServer,
    authority: Authority,
    roots: string,
    more: Record<string, string> = {},
  ) {
    this.authority = authority
    this.folder = folder
    this.names = names
    this.roots = roots
    this.#environment = { BOOKSTORE_DNS_TSIG_SECRET: names.key.secret, ...more }
  }

  /** With a target of their own (`part` of the configuration), a name server that stands, and an authority of the lab. */
  static async of(
    lab: Lab,
    names: NameServer,
    domain: string,
    part: Readonly<Record<string, unknown>>,
    environment: Record<string, string> = {},
  ): Promise<Operator> {
    const authority = await lab.acme({ nameServer: names })
    const folder = await mkdtemp(join(tmpdir(), 'operator-'))
    const api = await readFile(authority.apiRoot, 'utf8')
    const roots = join(folder, 'authorities.pem')
    await writeFile(roots, `${api.trim()}\n${authority.root.trim()}\n`)
    const configuration = {
      name: 'lab',
      domain,
      aliases: [`www.${domain}`],
      ...part,
      certificates: { authority: authority.directoryUrl, ca: 'authorities.pem' },
      dns: { provider: 'rfc2136', server: names.address, key: names.key.name },
    }
    // JSON is YAML.
    await writeFile(join(folder, 'bookstore.yaml'), JSON.stringify(configuration, undefined, 1))
    const operator = new Operator(folder, names, authority, roots, environment)
    // Who makes a machine also has the certificate issued meanwhile.
    operator.resolves = part.target === 'aws'
    return operator
  }

  /** For one machine or several, a name server and an authority of the lab; `more` is said of the machines as well. */
  static async create(
    lab: Lab,
    machines: Entrance | readonly Entrance[],
    domain: string,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<Operator> {
    const names = await lab.nameServer({ zones: [domain], secondaries: 1 })
    const settings = {
      machines: [machines].flat().map(({ address, ssh, roles }) => ({
        ...{ host: address, user: ssh.username, key: ssh.privateKeyPath },
        ...(roles ? { roles } : {}),
      })),
      ...more,
    }
    return Operator.of(lab, names, domain, { target: 'vm', vm: settings })
  }

  /** Says something else in the configuration from now on. */
  // biome-ignore lint/suspicious/noExplicitAny: a test says what it knows to be there
  async configure(change: (configuration: any) => void): Promise<void> {
    const file = join(this.folder, 'bookstore.yaml')
    const configuration = JSON.parse(await readFile(file, 'utf8'))
    change(configuration)
    await writeFile(file, JSON.stringify(configuration, undefined, 1))
  }

  /** Runs a verb with `--json`, to its end. */
  async json(...words: string[]): Promise<Said> {
    return this.run(...words, '--json')
  }

  run(...words: string[]): Promise<Said> {
    const argv = [this.launcher, ...words]
    const [program = '', ...rest] = this.resolves ? this.names.resolving(argv) : argv
    const child = spawn(program, rest, {
      cwd: this.folder,
      env: { PATH: process.env.PATH, HOME: this.folder, ...this.#environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let [text, talk] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
    })
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      talk += chunk
    })
    return new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (status) => {
        const events = words.includes('--json') ? text.trim().split('\n').map(parse) : []
        resolve({ status, text, talk, events, result: (events.at(-1) ?? {}) as Said['result'] })
      })
    })
  }

  close(): Promise<void> {
    return rm(this.folder, { recursive: true, force: true })
  }
}

function parse(line: string): Record<string, unknown> {
  return JSON.parse(line) as Record<string, unknown>
}
