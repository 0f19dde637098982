import type { Call } from '../../lab/aws/calls.ts'
import type { Fault } from '../../lab/aws/faults.ts'
import type { Run } from './process.ts'
import { Desk, type ShopSettings, type Stage, type Verb } from './stage.ts'

/** A call of a verb: the nth of its action, which is the same one in each run as far as what runs at once lets it be. */
export interface Point {
  service: string
  action: string
  /** From 1. */
  nth: number
}

export const nameOf = ({ service, action, nth }: Point) => `${service}:${action} ${nth}`

/** What is done to a run at a call. */
export const kinds = [
  'killed before',
  'killed after',
  'killed while answered',
  'throttled',
  'failing',
  'answer lost',
  'interrupted',
] as const
export type Kind = (typeof kinds)[number]

/** The faults that do it, told before the run is started. `struck` hears of each call that was hit. */
export function faultsFor(point: Point, kind: Kind, run: () => Run, struck: () => void): readonly Fault[] {
  const at = { service: point.service, action: point.action, nth: point.nth }
  const hook = (when: 'before' | 'after' | 'answering', act: () => Promise<void>): Fault => ({
    ...at,
    do: 'call',
    when,
    run: () => {
      struck()
      return act()
    },
  })
  const kill = () => run().kill()
  const note = hook('before', async () => {})
  switch (kind) {
    case 'killed before':
      return [hook('before', kill), { ...at, do: 'lose-request' }]
    case 'killed after':
      return [hook('after', kill)]
    case 'killed while answered':
      return [hook('answering', kill)]
    case 'throttled':
      return [note, { ...at, do: 'throttle' }]
    case 'failing':
      return [note, { ...at, do: 'fail' }]
    case 'answer lost':
      return [note, { ...at, do: 'lose-answer' }]
    case 'interrupted':
      // The answer would come after the two seconds in which we have to be gone.
      return [hook('before', async () => run().interrupt()), { ...at, do: 'delay', ms: 4_000 }]
  }
}

/** What one undisturbed life calls, verb by verb. */
export type Calls = Readonly<Record<Verb, readonly Point[]>>

/** Records a clean life; the account is empty again afterwards. `standing` is called while the shop stands. */
export async function record(stage: Stage, shop: ShopSettings, standing: () => Promise<void>): Promise<Calls> {
  const desk = await Desk.open(stage, shop)
  const of = async (verb: Verb): Promise<readonly Point[]> => {
    const before = stage.cloud.calls().length
    await desk.start(verb).ended
    return pointsOf(stage.cloud.calls().slice(before))
  }
  try {
    const up = await of('up')
    await standing()
    return { up, deploy: await of('deploy'), down: await of('down') }
  } finally {
    await desk.close()
  }
}

function pointsOf(calls: readonly Call[]): readonly Point[] {
  const counts = new Map<string, number>()
  return calls.map(({ service, action }) => {
    const nth = (counts.get(`${service}:${action}`) ?? 0) + 1
    counts.set(`${service}:${action}`, nth)
    return { service, action, nth }
  })
}
