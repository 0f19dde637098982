import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { request } from 'node:https'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { systemClock } from '../../provisioners/engine/clock.ts'
import { buildRelease } from '../../provisioners/releases/index.ts'
import { must } from '../lab/box/run.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { defaults, domain, type SiteSettings, siteManifest } from './site-manifest.ts'

/** The last line of the agent, and all before it. */
export interface AgentRun {
  status: number | null
  lines: readonly Record<string, unknown>[]
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of a result by reading it
  last: any
}

/** A machine of a lab with a release of this checkout on it, and an agent to talk to. */
export class SiteMachine {
  readonly lab: Lab
  readonly machine: Machine
  readonly release: string

  private constructor(lab: Lab, machine: Machine, release: string) {
    this.lab = lab
    this.machine = machine
    this.release = release
  }

  static async create(options: { memoryMb?: number } = {}): Promise<SiteMachine> {
    const lab = await startLab()
    const home = await mkdtemp(join(tmpdir(), 'bookstore-site-'))
    try {
      const context = { signal: new AbortController().signal, clock: systemClock, emit: () => {} }
      const [machine, { id, folder }] = await Promise.all([
        lab.machine({ packages: 'prepared', ...options }),
        buildRelease({ home, architecture: process.arch as 'x64' }, context),
      ])
      await putFolder(machine, folder, '/opt/bookstore/releases')
      return new SiteMachine(lab, machine, id)
    } catch (error) {
      await lab.close()
      throw error
    } finally {
      await rm(home, { recursive: true, force: true })
    }
  }

  /** Another release: this one with some files replaced or, where the text is undefined, gone. */
  async variant(id: string, files: Readonly<Record<string, string>>): Promise<string> {
    const folder = `/opt/bookstore/releases/${id}`
    await this.machine.must(['rm', '-rf', folder])
    await this.machine.must(['cp', '-al', `/opt/bookstore/releases/${this.release}`, folder])
    for (const [path, text] of Object.entries(files)) {
      // Not through the link: the file is that of the release, too.
      await this.machine.must(['rm', '-f', join(folder, path)])
      await this.machine.must(['tee', join(folder, path)], { input: text })
    }
    return id
  }

  agent(verb: string, request: unknown = {}): Promise<AgentRun> {
    const release = `/opt/bookstore/releases/${this.release}`
    return agentRun(this.machine, [`${release}/bin/node`, `${release}/host.mjs`, verb], request)
  }

  /** Makes the machine like a site with these settings. */
  converge(settings: Partial<SiteSettings> = {}): Promise<AgentRun> {
    return this.agent('converge', { by: 'ana@laptop', manifest: this.#manifest(settings) })
  }

  /** Steps that `converge` would make. */
  async plan(settings: Partial<SiteSettings> = {}): Promise<readonly { address: string; changes: unknown }[]> {
    const { last } = await this.agent('plan', { manifest: this.#manifest(settings) })
    return last.data.plan.steps
  }

  #manifest(settings: Partial<SiteSettings>) {
    return siteManifest({ ...defaults, release: this.release, ...settings })
  }

  /** The release that serves, and its slot. */
  async serving(): Promise<{ slot: string; release: string }> {
    const link = (await this.machine.must(['readlink', '/etc/bookstore/active'])).trim()
    const target = await this.machine.must(['readlink', `/opt/bookstore/slots/${basename(link)}`])
    return { slot: basename(link), release: basename(target.trim()) }
  }

  /** Units of processes that run now. */
  async running(): Promise<readonly string[]> {
    const argv = ['systemctl', 'list-units', '--plain', '--no-legend', '--state=active', 'bookstore-*@*.service']
    return (await this.machine.must(argv)).split('\n').flatMap((line) => line.split(' ')[0] || [])
  }

  /** Asks the site as a visitor of it would. */
  ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
    return askSite(this.machine.address, path, options)
  }

  close(): Promise<void> {
    return this.lab.close()
  }
}

export async function agentRun(machine: Machine, argv: readonly string[], request: unknown): Promise<AgentRun> {
  const { status, stdout, stderr } = await machine.run(argv, { input: JSON.stringify(request), timeoutMs: 600_000 })
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line))
  if (lines.length === 0) throw new Error(`the agent said nothing, and ended with ${status}: ${stderr}`)
  return { status, lines, last: lines.at(-1) }
}

/** Puts a folder of this box below another one of the machine. */
export async function putFolder(machine: Machine, folder: string, below: string): Promise<void> {
  const archive = join(await mkdtemp(join(tmpdir(), 'bookstore-put-')), 'folder.tar')
  try {
    await must(['tar', '-C', dirname(folder), '-cf', archive, '--mode=u+rwX,go+rX', basename(folder)])
    await machine.must(['mkdir', '-p', below])
    await machine.must(['tar', '-C', below, '--no-same-owner', '-xf', '-'], { input: await readFile(archive) })
  } finally {
    await rm(dirname(archive), { recursive: true })
  }
}

export interface SiteAnswer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  /** Digest of the certificate that was shown. */
  fingerprint: string
}

export function askSite(
  address: string,
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: Record<string, string>; body?: string } = {},
): Promise<SiteAnswer> {
  return new Promise((resolve, reject) => {
    const tls = { servername: domain, rejectUnauthorized: false, agent: false } as const
    const all = { host: domain, ...headers }
    const call = request(
      { host: address, port: 443, path, method, headers: all, timeout: 60_000, ...tls },
      (answer) => {
        const certificate = (answer.socket as import('node:tls').TLSSocket).getPeerCertificate()
        let text = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => (text += chunk))
        answer.on('error', reject)
        answer.on('end', () =>
          resolve({
            status: answer.statusCode ?? 0,
            headers: answer.headers,
            body: text,
            fingerprint: certificate.fingerprint256,
          }),
        )
      },
    )
    call.on('timeout', () => call.destroy(new Error('no answer in time')))
    call.on('error', reject)
    call.end(body)
  })
}
