import { rm } from 'node:fs/promises'
import { differs } from '../../engine/define.ts'
import type { FieldChange } from '../../engine/resource.ts'
import type { Host, UnitState } from '../host.ts'
import { contentChange, plainFile, readFileState, writeFileSpec } from './file.ts'
import { isOurs, Originals } from './originals.ts'
import { forgetStart, type Inputs, type Staleness, staleness } from './started.ts'
import { bringUp, isRunning, refuseMasked } from './unit.ts'
import { rememberUnit, restoreUnit } from './unit-before.ts'

/** A unit as it shall be; see items/systemd-unit.ts. */
export interface UnitSpec {
  unit: string
  content?: string | undefined
  dropIn: boolean
  enabled?: boolean | undefined
  running?: boolean | undefined
  restartOn: readonly string[]
  reloadOn: readonly string[]
}

export interface ManagedState {
  /** Of our file. */
  content: string | undefined
  /** Undefined for a template. */
  unit: UnitState | undefined
  stale: Staleness
}

/** One unit: its file, whether it starts at boot, whether it runs on what its files hold now. */
export class ManagedUnit {
  readonly #spec: UnitSpec
  readonly #host: Host
  readonly #originals: Originals
  /** Of our text. */
  readonly #path: string
  readonly #inputs: Inputs
  readonly #isTemplate: boolean

  constructor(spec: UnitSpec, host: Host) {
    const { unit, content, dropIn, restartOn, reloadOn } = spec
    this.#spec = spec
    this.#host = host
    this.#originals = new Originals(host.memory)
    this.#path = `/etc/systemd/system/${unit}${dropIn ? '.d/bookstore.conf' : ''}`
    this.#inputs = { restartOn: content === undefined ? restartOn : [this.#path, ...restartOn], reloadOn }
    this.#isTemplate = /@\.\w+$/.test(unit)
  }

  /** Undefined when systemd knows no such unit and there is no file of ours. */
  async read(): Promise<ManagedState | undefined> {
    const { unit: name, running } = this.#spec
    const [unit, file] = await Promise.all([
      this.#isTemplate ? undefined : this.#host.unit(name),
      readFileState(this.#path),
    ])
    if (!file && (!unit || unit.load === 'not-found')) return undefined
    const compared = running && unit && isRunning(unit)
    const stale = compared ? await staleness(this.#host, name, unit, this.#inputs) : undefined
    return { content: file?.content, unit, stale }
  }

  async ensure(actual: ManagedState | undefined): Promise<ManagedState> {
    const { unit, running } = this.#spec
    if (actual?.unit && !this.#isOurs()) await rememberUnit(this.#host, unit, actual.unit, this.#spec)
    if (actual?.unit && running) refuseMasked(unit, actual.unit)
    const changed = [await this.#write(actual), await this.#enable(actual), actual?.unit?.needsReload]
    if (changed.includes(true)) await this.#host.reloadUnits()
    if (running) await bringUp(this.#host, unit, this.#inputs)
    if (running === false && actual?.unit && isRunning(actual.unit)) await this.#systemctl(['stop'])
    return (await this.read()) as ManagedState
  }

  async remove(): Promise<void> {
    const { unit, dropIn, content } = this.#spec
    const running = this.#isOurs() && !this.#isTemplate
    // 1 and 5: systemd does not know it any more.
    if (running) await this.#systemctl(['stop'], [0, 5])
    if (running) await this.#systemctl(['--no-reload', 'disable'], [0, 1])
    if (!this.#isOurs()) await restoreUnit(this.#host, unit)
    if (content !== undefined) {
      await this.#originals.restore(this.#path)
      await this.#host.reloadUnits()
    }
    if (dropIn) await this.#systemctl(['try-restart'], [0, 5])
    if (running) await this.#systemctl(['reset-failed'], [0, 1])
    // When a persistent timer last ran: systemd.timer(5).
    if (running) await rm(`/var/lib/systemd/timers/stamp-${unit}`, { force: true })
    await forgetStart(this.#host, unit)
  }

  async #write(actual: ManagedState | undefined): Promise<boolean> {
    const { content } = this.#spec
    if (content === undefined || actual?.content === content) return false
    await this.#originals.remember(this.#path)
    await writeFileSpec({ ...plainFile, path: this.#path, content })
    return true
  }

  /** Each unit would have systemd read all of its files again; they do that together. */
  async #enable(actual: ManagedState | undefined): Promise<boolean> {
    const { enabled } = this.#spec
    if (enabled === undefined || (actual?.unit && startsAtBoot(actual.unit) === enabled)) return false
    await this.#systemctl(['--no-reload', enabled ? 'enable' : 'disable'])
    return true
  }

  #systemctl(words: readonly string[], accept: readonly number[] = [0]) {
    return this.#host.run(['systemctl', '--quiet', ...words, '--', this.#spec.unit], { accept })
  }

  /** Defined by us, or an instance of a template of ours. */
  #isOurs(): boolean {
    return isOurs(this.#spec.unit)
  }
}

/** What a plan says of a unit. */
export function unitChanges(desired: UnitSpec, actual: ManagedState): readonly (FieldChange | undefined)[] {
  const { content, unit, stale } = actual
  const { enabled, running } = desired
  const text = desired.content === undefined ? undefined : contentChange(desired.content, content ?? '')
  if (!unit) return [text]
  return [
    text,
    enabled === undefined ? undefined : differs('starts at boot', startsAtBoot(unit), enabled),
    running === undefined || isRunning(unit) === running ? undefined : stateChange(unit, running),
    running && stale ? { field: 'files', from: 'changed since it read them', to: `after a ${stale}` } : undefined,
    unit.needsReload ? differs('known to systemd', 'an older text', 'the text of now') : undefined,
  ]
}

function stateChange({ load, active }: UnitState, running: boolean): FieldChange {
  return { field: 'state', from: load === 'masked' ? load : active, to: running ? 'running' : 'stopped' }
}

function startsAtBoot({ file }: UnitState): boolean {
  return ['enabled', 'enabled-runtime', 'static', 'alias', 'indirect', 'generated'].includes(file)
}
