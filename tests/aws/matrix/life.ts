import { faultsFor, type Kind, nameOf, type Point } from './points.ts'
import type { Ended, Run } from './process.ts'
import { Desk, type ShopSettings, type Stage, type Verb } from './stage.ts'
import { countsOf, lastLease, remaining, strangers } from './verify.ts'

/** What is done to a shop from an empty account to an empty account. */
export interface Life {
  vpc: ShopSettings['vpc']
  /** Of each verb the runs that are disturbed, one after the other; a run that is not follows where they did not get through. */
  runs: Readonly<Record<Verb, readonly (readonly Hit[])[]>>
}

/** A run that is killed or interrupted is hit once. */
export interface Hit {
  kind: Kind
  point: Point
}

export interface Verdict {
  life: Life
  /** Those that met their call. */
  struck: readonly (Hit & { verb: Verb })[]
  /** Verbs that a second run had to finish, though nobody killed or interrupted them. */
  again: readonly Verb[]
  /** From Ctrl-C to the end of the process, in milliseconds. */
  endedIn: readonly number[]
  problems: readonly string[]
  ms: number
}

/** Two seconds are promised; on a busy box this process itself may see the end later. */
const interruptedWithinMs = 2_500

/** How each verb ends in an account without machines: before a closed door, but for `down`. */
const good: Record<Verb, Pick<Ended, 'status' | 'code'>> = {
  up: { status: 1, code: 'aws-timeout' },
  deploy: { status: 1, code: 'ssh-unreachable' },
  down: { status: 0, code: undefined },
}

/** Lives it, and says what was not as it should be. What a failed life leaves in the account is another one's, by name. */
export async function live(stage: Stage, life: Life, name: string, whole: string): Promise<Verdict> {
  const started = performance.now()
  const judged = new Judge(stage, life, name)
  try {
    await judged.verb('up')
    await judged.stands(whole)
    if (life.runs.deploy.length > 0) {
      await judged.verb('deploy')
      await judged.stands(whole)
    }
    await judged.verb('down')
    await judged.isEmpty()
  } catch (error) {
    judged.problems.push(`broke off: ${error instanceof Error ? error.message : String(error)}`)
  } finally {
    stage.cloud.heal()
    await judged.close()
  }
  const { struck, again, endedIn, problems } = judged
  return { life, struck, again, endedIn, problems, ms: performance.now() - started }
}

/** One life under observation. */
class Judge {
  readonly struck: (Hit & { verb: Verb })[] = []
  readonly again: Verb[] = []
  readonly endedIn: number[] = []
  readonly problems: string[] = []
  readonly #stage: Stage
  readonly #life: Life
  readonly #name: string
  readonly #desks: Desk[] = []

  constructor(stage: Stage, life: Life, name: string) {
    this.#stage = stage
    this.#life = life
    this.#name = name
  }

  /** The verb with what is done to it, and once more where that has stopped it: each in a folder that knows nothing. */
  async verb(verb: Verb): Promise<void> {
    let through = false
    for (const hits of this.#life.runs[verb]) through = await this.#disturbed(verb, hits)
    if (through) return
    const last = await (await this.#desk()).start(verb).ended
    if (!isGood(verb, last)) this.#say(verb, 'did not go through in the end', last)
  }

  /** True when it went through all the same. */
  async #disturbed(verb: Verb, hits: readonly Hit[]): Promise<boolean> {
    const before = this.struck.length
    const ended = await this.#hit(verb, hits)
    const kind = this.struck.slice(before)[0]?.kind
    const killed = kind?.startsWith('killed') ?? false
    if (killed && ended.signal !== 'SIGKILL') this.#say(verb, 'was not killed', ended)
    if (kind === 'interrupted') await this.#endedWell(verb, ended)
    if (isGood(verb, ended)) return true
    if (!killed && kind !== 'interrupted') this.again.push(verb)
    return false
  }

  async #hit(verb: Verb, hits: readonly Hit[]): Promise<Ended> {
    const desk = await this.#desk()
    let run: Run | undefined
    let interruptedAt: number | undefined
    const faults = hits.flatMap((hit) =>
      faultsFor(
        hit.point,
        hit.kind,
        () => run as Run,
        () => {
          this.struck.push({ ...hit, verb })
          if (hit.kind === 'interrupted') interruptedAt = performance.now()
        },
      ),
    )
    this.#stage.cloud.fault(faults)
    run = desk.start(verb)
    const ended = await run.ended
    if (interruptedAt !== undefined) this.endedIn.push(performance.now() - interruptedAt)
    this.#stage.cloud.heal()
    return ended
  }

  /** After Ctrl-C: soon, with 130 unless all was done, with a word about what stands, and without its lease. */
  async #endedWell(verb: Verb, ended: Ended): Promise<void> {
    const ms = this.endedIn.at(-1) ?? 0
    if (ms > interruptedWithinMs) this.#say(verb, `ended ${Math.round(ms)} ms after Ctrl-C`, ended)
    const told = ended.status === 130 && ended.code === 'interrupted' && /same command again/.test(ended.said)
    if (!told && !isGood(verb, ended)) this.#say(verb, 'did not end as one that was interrupted', ended)
    const lease = await lastLease(this.#stage, this.#name)
    if (lease && !lease.released) this.#say(verb, 'kept its lease', ended)
  }

  /** One of everything, ours, and nothing left to do. */
  async stands(whole: string): Promise<void> {
    const account = await this.#stage.cloud.dump()
    const counts = countsOf(account)
    if (counts !== whole) this.problems.push(`stands: ${counts}, and not: ${whole}`)
    const others = await strangers(this.#stage, account, this.#name)
    if (others.length > 0) this.problems.push(`without our tags: ${others.join(', ')}`)
    const steps = await remaining(await this.#desk())
    if (steps.length > 0) this.problems.push(`still to do: ${steps.join(', ')}`)
  }

  async isEmpty(): Promise<void> {
    const counts = Object.entries(await this.#stage.cloud.dump()).flatMap(([, all]) => all.map(({ id }) => id))
    if (counts.length > 0) this.problems.push(`left after down: ${counts.join(', ')}`)
  }

  async close(): Promise<void> {
    await Promise.all(this.#desks.map((each) => each.close()))
  }

  /** A new one each time: whoever goes on has the configuration and credentials, and nothing else. */
  async #desk(): Promise<Desk> {
    const desk = await Desk.open(this.#stage, { name: this.#name, vpc: this.#life.vpc })
    this.#desks.push(desk)
    return desk
  }

  #say(verb: string, what: string, { status, signal, code, said }: Ended): void {
    const end = said.trim().split('\n').slice(-2).join(' ').slice(0, 600)
    this.problems.push(`${verb} ${what}: status ${status}, signal ${signal}, code ${code}: ${end}`)
  }
}

function isGood(verb: Verb, { status, code }: Pick<Ended, 'status' | 'code'>): boolean {
  return status === good[verb].status && code === good[verb].code
}

export function titleOf({ vpc, runs }: Life): string {
  const where = (Object.keys(runs) as Verb[]).flatMap((verb) =>
    runs[verb].map((hits) => `${verb} ${hits.map(({ kind, point }) => `${kind} ${nameOf(point)}`).join(' and ')}`),
  )
  return `${vpc === 'dedicated' ? 'own network: ' : ''}${where.join(', ')}`
}
