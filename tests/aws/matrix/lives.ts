import type { Hit, Life, Verdict } from './life.ts'
import { type Calls, type Kind, kinds, type Point } from './points.ts'
import type { Verb } from './stage.ts'

/** So many calls of a run are hit in one life, where that does not end the run. */
const together = 10
const verbs: readonly Verb[] = ['up', 'deploy', 'down']
const kills = ['killed before', 'killed after', 'killed while answered'] as const
const passing = ['throttled', 'failing', 'answer lost'] as const

/** Every call of every verb with everything that is done to calls. One life disturbs each of the verbs. */
export function allLives(plain: Calls, dedicated: Calls): readonly Life[] {
  return [...livesOf('default', plain), ...livesOf('dedicated', onlyIn(dedicated, plain))]
}

type Runs = Life['runs'][Verb]

function livesOf(vpc: Life['vpc'], calls: Calls): readonly Life[] {
  const each = (of: (points: readonly Point[]) => readonly Runs[]) => {
    const runs = Object.fromEntries(verbs.map((verb) => [verb, of(calls[verb])])) as Record<Verb, readonly Runs[]>
    const count = Math.max(...verbs.map((verb) => runs[verb].length))
    return Array.from({ length: count }, (_, at): Life => {
      const [up = [], deploy = [], down = []] = verbs.map((verb) => runs[verb][at] ?? [])
      return { vpc, runs: { up, deploy, down } }
    })
  }
  return [
    ...each((points) => points.filter(isRead).map(thrice)),
    ...kills.flatMap((kind) => each((points) => points.filter((it) => !isRead(it)).map((it) => once(kind, it)))),
    ...each((points) => points.map((it) => once('interrupted', it))),
    ...passing.flatMap((kind) => each((points) => apart(points, together).map((group) => [hitsOf(kind, group)]))),
  ]
}

/** After a run that was killed at a read the same read comes again: three runs are killed there, each in a way of its own. */
const thrice = (point: Point): Runs => kills.map((kind) => [{ kind, point }])
const once = (kind: Kind, point: Point): Runs => [[{ kind, point }]]
const hitsOf = (kind: Kind, points: readonly Point[]): readonly Hit[] => points.map((point) => ({ kind, point }))

const isRead = ({ action }: Point) => /^(Describe|Get|List|Head)/.test(action)

/** In groups of that size, whose members lie far from each other: what fails at once would say little of each. */
function apart(points: readonly Point[], size: number): Point[][] {
  const count = Math.ceil(points.length / size)
  return Array.from({ length: count }, (_, at) => points.filter((_, index) => index % count === at))
}

/** Calls that a network of the shop's own adds. */
function onlyIn(calls: Calls, other: Calls): Calls {
  const without = (verb: Verb) => {
    const known = new Set(other[verb].map(keyOf))
    return calls[verb].filter((point) => !known.has(keyOf(point)))
  }
  return { up: without('up'), deploy: without('deploy'), down: without('down') }
}

const keyOf = ({ service, action, nth }: Point) => `${service}:${action}:${nth}`

/** What was to be hit and was not met, since an earlier hit of the same life had changed what is called: each by itself. */
export function unmet(verdicts: readonly Verdict[]): readonly Life[] {
  return verdicts.flatMap(({ life: { vpc, runs }, struck }) => {
    const met = new Set(struck.map((each) => `${each.verb} ${each.kind} ${keyOf(each.point)}`))
    return verbs.flatMap((verb) =>
      runs[verb].flat().flatMap((hit): Life[] => {
        if (met.has(`${verb} ${hit.kind} ${keyOf(hit.point)}`)) return []
        const none = { up: [], deploy: [], down: [] }
        return [{ vpc, runs: { ...none, [verb]: [[hit]] } }]
      }),
    )
  })
}

/** A sample that is the same for the same seed, with something of each kind. */
export function sampleOf(lives: readonly Life[], count: number, seed: number): readonly Life[] {
  const random = generator(seed)
  const kindOf = ({ runs }: Life) => [runs.up, runs.down].flat(2)[0]?.kind
  const byKind = kinds.map((kind) =>
    shuffled(
      lives.filter((life) => kindOf(life) === kind),
      random,
    ),
  )
  return Array.from({ length: count }, (_, at) => {
    const group = byKind[at % byKind.length] ?? []
    return group[Math.floor(at / byKind.length)]
  }).filter((life) => life !== undefined)
}

export function shuffled<T>(all: readonly T[], random: () => number): T[] {
  return all
    .map((each) => [random(), each] as const)
    .toSorted(([a], [b]) => a - b)
    .map(([, each]) => each)
}

/** https://en.wikipedia.org/wiki/Linear_congruential_generator with the numbers of Numerical Recipes. */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}
