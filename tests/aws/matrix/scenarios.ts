import { setTimeout as sleep } from 'node:timers/promises'
import type { Ended } from './process.ts'
import { Desk, type Stage, type Verb } from './stage.ts'
import { countsOf, lastLease, remaining, strangers } from './verify.ts'

/** Something that happens between two runs, in an account of its own. */
export interface Scenario {
  title: string
  /** What was not as it should be. */
  play(scene: Scene): Promise<void>
}

const isDoor = ({ status, code }: Ended) => status === 1 && code === 'aws-timeout'
const isBusy = ({ status, code }: Ended) => status === 75 && code === 'busy'

/** Runs a program as on a computer of another name; needs root. */
const elsewhere = ['unshare', '--uts', 'sh', '-c', 'hostname elsewhere && exec "$@"', 'sh']

export class Scene {
  readonly problems: string[] = []
  readonly stage: Stage
  readonly #whole: string
  readonly #desks: Desk[] = []

  constructor(stage: Stage, whole: string) {
    this.stage = stage
    this.#whole = whole
  }

  /** Each with a folder of its own, as if on a fresh clone. */
  async start(verb: Verb, by: readonly string[] = []) {
    const desk = await Desk.open(this.stage, { name: 'shop', vpc: 'default' })
    this.#desks.push(desk)
    return desk.start(verb, by)
  }

  async run(verb: Verb): Promise<Ended> {
    return (await this.start(verb)).ended
  }

  expect(what: string, holds: boolean, ...ends: readonly Ended[]): void {
    if (holds) return
    const seen = ends.map(
      ({ status, code, ms, said }) => `${status} ${code} in ${Math.round(ms)} ms: ${said.slice(-500)}`,
    )
    this.problems.push(`not so: ${what} (${seen.join('; ')})`)
  }

  /** One of everything, ours, and nothing left to do. */
  async stands(): Promise<void> {
    const account = await this.stage.cloud.dump()
    this.expect(`${countsOf(account)} is one of everything`, countsOf(account) === this.#whole)
    const others = await strangers(this.stage, account, 'shop')
    this.expect(`${others.join(', ')} are ours`, others.length === 0)
    const steps = await remaining(this.#desks[0] as Desk)
    this.expect(`${steps.join(', ')} is done`, steps.length === 0)
  }

  async goes(): Promise<void> {
    const ended = await this.run('down')
    this.expect('down goes through', ended.status === 0, ended)
    await this.isEmpty()
  }

  async isEmpty(): Promise<void> {
    const left = Object.values(await this.stage.cloud.dump()).flatMap((all) => all.map(({ id }) => id))
    this.expect(`nothing is left: ${left.join(', ')}`, left.length === 0)
  }

  async close(): Promise<void> {
    this.stage.cloud.heal()
    await Promise.all(this.#desks.map((each) => each.close()))
  }
}

/** Two operators, the second so many milliseconds after the first. */
function race(first: Verb, second: Verb, afterMs: number): Scenario {
  return {
    title: `${first} and ${second}, ${afterMs} ms apart`,
    async play(scene) {
      if (first === 'down') await scene.run('up')
      const one = await scene.start(first)
      await sleep(afterMs)
      const other = await scene.start(second)
      const ends = await Promise.all([one.ended, other.ended])
      const fine = (ended: Ended) => isBusy(ended) || isDoor(ended) || ended.status === 0
      scene.expect('each does its work or is told who does', ends.every(fine), ...ends)
      scene.expect('one of them does its work', !ends.every(isBusy), ...ends)
      if (first === 'up' && second === 'up') await scene.stands()
      if (first === 'down' && second === 'down' && ends.some(isBusy)) await scene.isEmpty()
      await scene.goes()
    },
  }
}

const twice: Scenario = {
  title: 'a second Ctrl-C stops at once',
  async play(scene) {
    const { cloud } = scene.stage
    let at = 0
    const hit = new Promise<void>((resolve) => {
      cloud.fault([
        { action: 'RunInstances', times: 1, do: 'call', when: 'after', run: () => resolve() },
        { action: 'RunInstances', times: 1, do: 'delay', ms: 4_000 },
      ])
    })
    const run = await scene.start('up')
    await hit
    run.interrupt()
    await sleep(100)
    at = performance.now()
    run.interrupt()
    const ended = await run.ended
    const ms = performance.now() - at
    // It may meet a process that is on its way out already, which no longer listens. A shell sees 130 both times.
    const told = ended.status === 130 || ended.signal === 'SIGINT'
    scene.expect(`it ended at once (${Math.round(ms)} ms)`, ms < 700 && told, ended)
    const again = await scene.run('up')
    scene.expect('the next goes on', isDoor(again), again)
    await scene.stands()
    await scene.goes()
  },
}

/** A minute of waiting is a minute here too: the lease is the one that operators have. */
const takenOver: Scenario = {
  title: "a living lease of another computer's is respected, an expired one is taken over from a fresh folder",
  async play(scene) {
    const { cloud } = scene.stage
    let release = () => {}
    const held = new Promise<void>((resolve) => {
      release = resolve
    })
    const reached = new Promise<void>((resolve) => {
      const run = () => {
        resolve()
        return held
      }
      cloud.fault([{ action: 'RunInstances', times: 1, do: 'call', when: 'after', run }])
    })
    const other = await scene.start('up', elsewhere)
    await reached
    const refused = await scene.run('up')
    scene.expect(
      'whoever comes is told who is at work, with 75',
      isBusy(refused) && /elsewhere/.test(refused.said),
      refused,
    )
    await other.kill()
    release()
    const early = await scene.run('up')
    scene.expect('it counts as alive right after its death', isBusy(early), early)
    await sleep(25_000)
    const late = await scene.run('up')
    scene.expect('it is waited for, visibly, and taken over', isDoor(late) && /"waiting"/.test(late.said), late)
    scene.expect('not before a minute has passed', late.ms > 15_000, late)
    const lease = await lastLease(scene.stage, 'shop')
    scene.expect('the lease is released', lease?.released === true)
    await scene.stands()
    await scene.goes()
  },
}

export const scenarios: readonly Scenario[] = [
  ...[0, 150, 400, 800, 1_500].map((ms) => race('up', 'up', ms)),
  ...[0, 400, 1_000, 2_000].map((ms) => race('up', 'down', ms)),
  ...[0, 300, 800].map((ms) => race('down', 'down', ms)),
  ...[0, 500].map((ms) => race('down', 'up', ms)),
  twice,
  takenOver,
]
