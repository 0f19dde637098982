import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '../../engine/clock.ts'
import type { Event } from '../../engine/events.ts'
import type { Context } from '../../engine/resource.ts'
import type { Secret } from '../../engine/secret.ts'
import type { Facts, Host, RunResult, UnitState } from '../host.ts'
import { Secrets } from '../machine/secrets.ts'
import { absent } from '../machine/units.ts'

type Answer = (argv: readonly string[], input: string | undefined) => Partial<RunResult> | undefined

/**
 * A host whose files are real, in a folder of their own, and whose programs answer what a test tells them to. What programs
 * really do is tried in tests/host, on machines.
 */
export class TemporaryHost implements Host {
  readonly facts: Facts = {
    distribution: 'debian',
    version: '12',
    codename: 'bookworm',
    architecture: 'x64',
    memoryMb: 1024,
    cpus: 1,
    systemd: 252,
    hostname: 'shop',
    container: false,
  }
  readonly folder: string
  readonly by = 'somebody'
  readonly memory: string
  readonly secrets: string
  readonly ran: string[] = []
  readonly events: Event[] = []
  readonly packages = new Map<string, string>()
  readonly units = new Map<string, UnitState>()
  readonly ctx: Context = {
    signal: new AbortController().signal,
    clock: systemClock,
    emit: (event) => void this.events.push(event),
  }
  answer: Answer = () => undefined

  private constructor(folder: string) {
    this.folder = folder
    this.memory = join(folder, 'memory')
    this.secrets = join(folder, 'secrets')
  }

  static async make(): Promise<TemporaryHost> {
    return new TemporaryHost(await mkdtemp(join(tmpdir(), 'host-test-')))
  }

  async run(argv: readonly [string, ...string[]], { input }: { input?: string } = {}): Promise<RunResult> {
    this.ran.push(argv.join(' '))
    return { code: 0, stdout: '', stderr: '', ...this.answer(argv, input) }
  }

  secret(name: string): Promise<Secret> {
    return new Secrets(this.secrets).get(name)
  }

  async package(name: string): Promise<string | undefined> {
    return this.packages.get(name)
  }

  async unit(name: string): Promise<UnitState> {
    return this.units.get(name) ?? absent
  }

  async reloadUnits(): Promise<void> {
    this.ran.push('daemon-reload')
  }

  async remove(): Promise<void> {
    await rm(this.folder, { recursive: true, force: true })
  }
}
