import { z } from 'zod'
import { briefly, changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Change } from '../../engine/resource.ts'
import type { Host, UnitState } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { contentChange, plainFile, readFileState, writeFileSpec } from '../parts/file.ts'
import { isOurs, Originals } from '../parts/originals.ts'
import { forgetStart, type Inputs, type Staleness, staleness } from '../parts/started.ts'
import { bringUp, isRunning, refuseMasked } from '../parts/unit.ts'
import { rememberUnit, restoreUnit } from '../parts/unit-before.ts'

const schema = z.strictObject({
  /** With its suffix: a service, timer, socket, swap, target, or a template ('x@.service'), which can only have a text. */
  unit: z.string().regex(/^[\w@:.\\-]+\.(service|timer|socket|swap|target|path|mount)$/),
  /** Text of the unit's file, or of a drop-in; without it the unit is somebody else's. */
  content: z.string().optional(),
  /** The text is added to a unit of somebody else's, as `<unit>.d/bookstore.conf`. */
  dropIn: z.boolean().default(false),
  /** Starts at boot, or does not; undefined leaves that as it is. */
  enabled: z.boolean().optional(),
  /** Runs now, or does not; undefined leaves that as it is. One that failed is started again. */
  running: z.boolean().optional(),
  /** Files that it reads at its start: when one has changed since, it is restarted. Its own text always counts. */
  restartOn: z.array(z.string().startsWith('/')).default([]),
  /** Files that it reads again on reload. */
  reloadOn: z.array(z.string().startsWith('/')).default([]),
})

type Unit = z.output<typeof schema>

interface State {
  content: string | undefined
  /** Undefined for a template. */
  unit: UnitState | undefined
  stale: Staleness
}

/**
 * A unit of systemd: its text, whether it starts at boot, whether it runs now and on the files of now.
 *
 * One that is masked is refused, by name. Delete stops and removes a unit of ours, and puts one of somebody else's back as it
 * was.
 */
export const systemdUnit = itemKind<Unit>({ kind: 'systemd-unit', schema, resource })

function resource(base: ItemBase, spec: Unit, host: Host) {
  const it = new UnitItem(spec, host)
  return define<Unit, State>({
    ...base,
    desired: () => spec,
    read: () => it.read(),
    diff,
    ensure: (_, actual) => it.ensure(actual),
    remove: () => it.remove(),
    cost: (action) => (action === 'update' && spec.running ? briefly : freely),
  })
}

export function diff(desired: Unit, { content, unit, stale }: State): Change {
  const { enabled, running } = desired
  const fields = [desired.content === undefined ? undefined : contentChange(desired.content, content ?? '')]
  if (unit) {
    fields.push(
      enabled === undefined ? undefined : differs('starts at boot', startsAtBoot(unit), enabled),
      running === undefined || isRunning(unit) === running
        ? undefined
        : {
            field: 'state',
            from: unit.load === 'masked' ? 'masked' : unit.active,
            to: running ? 'running' : 'stopped',
          },
      running && stale ? { field: 'files', from: 'changed since it read them', to: `after a ${stale}` } : undefined,
      unit.needsReload ? differs('known to systemd', 'an older text', 'the text of now') : undefined,
    )
  }
  return changeOf(...fields)
}

function startsAtBoot({ file }: UnitState): boolean {
  return ['enabled', 'enabled-runtime', 'static', 'alias', 'indirect', 'generated'].includes(file)
}

class UnitItem {
  readonly #spec: Unit
  readonly #host: Host
  readonly #originals: Originals
  /** Of our text. */
  readonly #path: string
  readonly #inputs: Inputs
  readonly #isTemplate: boolean

  constructor(spec: Unit, host: Host) {
    const { unit, content, dropIn, restartOn, reloadOn } = spec
    this.#spec = spec
    this.#host = host
    this.#originals = new Originals(host.memory)
    this.#path = `/etc/systemd/system/${unit}${dropIn ? '.d/bookstore.conf' : ''}`
    this.#inputs = { restartOn: content === undefined ? restartOn : [this.#path, ...restartOn], reloadOn }
    this.#isTemplate = /@\.\w+$/.test(unit)
  }

  async read(): Promise<State | undefined> {
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

  async ensure(actual: State | undefined): Promise<State> {
    const { unit, running } = this.#spec
    if (actual?.unit && !this.#isOurs()) await rememberUnit(this.#host, unit, actual.unit)
    if (actual?.unit && running) refuseMasked(unit, actual.unit)
    const changed = [await this.#write(actual), await this.#enable(actual), actual?.unit?.needsReload]
    if (changed.includes(true)) await this.#host.reloadUnits()
    if (running) await bringUp(this.#host, unit, this.#inputs)
    if (running === false && actual?.unit && isRunning(actual.unit)) await this.#systemctl(['stop'])
    return (await this.read()) as State
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
    await forgetStart(this.#host, unit)
  }

  async #write(actual: State | undefined): Promise<boolean> {
    const { content } = this.#spec
    if (content === undefined || actual?.content === content) return false
    await this.#originals.remember(this.#path)
    await writeFileSpec({ ...plainFile, path: this.#path, content })
    return true
  }

  /** Each unit would have systemd read all of its files again; they do that together. */
  async #enable(actual: State | undefined): Promise<boolean> {
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
