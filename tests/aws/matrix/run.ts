import { type Life, live, type Verdict } from './life.ts'
import { type Calls, record } from './points.ts'
import { type Scenario, Scene } from './scenarios.ts'
import { Stage } from './stage.ts'
import { countsOf } from './verify.ts'

/** What undisturbed lives call, and what they come to. */
export interface Recording {
  plain: Calls
  dedicated: Calls
  whole: Record<Life['vpc'], string>
}

export async function recordAll(stage: Stage): Promise<Recording> {
  const whole = { default: '', dedicated: '' }
  const one = (vpc: Life['vpc']) =>
    record(stage, { name: `clean-${vpc}`, vpc }, async () => {
      whole[vpc] = countsOf(await stage.cloud.dump())
    })
  const plain = await one('default')
  return { plain, dedicated: await one('dedicated'), whole }
}

export interface Options {
  /** So many accounts at once, each with an emulator of its own. */
  accounts: number
  /** By performance.now(): from then on no life is begun. */
  endsAt?: number
  /** Called with each verdict as it comes. */
  told(verdict: Verdict): void
}

/** What is gone lies in an emulator's memory for ever, and slows it down. */
const livesOfAnAccount = 60

/** Lives all of them, several at a time. */
export async function liveAll(
  lives: readonly Life[],
  { whole }: Recording,
  { accounts, told, endsAt = Number.POSITIVE_INFINITY }: Options,
): Promise<readonly Verdict[]> {
  const verdicts: Verdict[] = []
  const queue = lives.map((life, at) => ({ life, name: `shop-${at + 1}` }))
  const worker = async () => {
    let [stage, lived] = [await Stage.open(), 0]
    try {
      for (let next = queue.shift(); next && performance.now() < endsAt; next = queue.shift()) {
        const verdict = await live(stage, next.life, next.name, whole[next.life.vpc])
        verdicts.push(verdict)
        told(verdict)
        lived += 1
        if (lived < livesOfAnAccount && verdict.problems.length === 0) continue
        await stage.close()
        ;[stage, lived] = [await Stage.open(), 0]
      }
    } finally {
      await stage.close()
    }
  }
  await Promise.all(Array.from({ length: accounts }, worker))
  return verdicts
}

export interface Played {
  title: string
  problems: readonly string[]
}

/** Plays all of them, several at a time, each in an account of its own. */
export async function playAll(
  scenarios: readonly Scenario[],
  { whole }: Recording,
  { accounts }: Pick<Options, 'accounts'>,
): Promise<readonly Played[]> {
  const played: Played[] = []
  const queue = [...scenarios]
  const worker = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const stage = await Stage.open()
      const scene = new Scene(stage, whole.default)
      try {
        await next.play(scene)
      } catch (error) {
        scene.problems.push(`broke off: ${error instanceof Error ? error.message : String(error)}`)
      } finally {
        await scene.close()
        await stage.close()
      }
      played.push({ title: next.title, problems: scene.problems })
    }
  }
  await Promise.all(Array.from({ length: accounts }, worker))
  return played
}
