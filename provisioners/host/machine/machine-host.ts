import type { Secret } from '../../engine/secret.ts'
import type { Facts, Host, RunOptions, RunResult, UnitState } from '../host.ts'
import { batched, coalesced } from './batch.ts'
import { installedVersions } from './dpkg.ts'
import { runProgram } from './program.ts'
import type { Secrets } from './secrets.ts'
import { showUnits } from './units.ts'

/** The machine that this process runs on. */
export class MachineHost implements Host {
  readonly facts: Facts
  readonly memory: string
  readonly by: string
  readonly secrets: string
  readonly #known: Secrets
  readonly #packages = batched((names) => installedVersions(this.run, names))
  readonly #units = batched((names) => showUnits(this.run, names))
  readonly reloadUnits = coalesced(async () => {
    await this.run(['systemctl', 'daemon-reload'])
  })

  constructor(facts: Facts, memory: string, secrets: Secrets, by = 'somebody') {
    this.facts = facts
    this.memory = memory
    this.by = by
    this.secrets = secrets.folder
    this.#known = secrets
  }

  readonly run = (argv: readonly [string, ...string[]], options?: RunOptions): Promise<RunResult> =>
    runProgram(argv, options)

  secret(name: string): Promise<Secret> {
    return this.#known.get(name)
  }

  package(name: string): Promise<string | undefined> {
    return this.#packages(name)
  }

  async unit(name: string): Promise<UnitState> {
    return (await this.#units(name)) as UnitState
  }
}
