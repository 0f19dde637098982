import { parseArgs } from 'node:util'
import { titleOf, type Verdict } from './life.ts'
import { allLives, generator, sampleOf, shuffled, unmet } from './lives.ts'
import { writeReport } from './report.ts'
import { liveAll, playAll, recordAll } from './run.ts'
import { scenarios } from './scenarios.ts'
import { Stage } from './stage.ts'

const usage = `npm run matrix -- [--sample N] [--seed 1] [--accounts 4] [--only TEXT] [--minutes N]
All of it unless told, with a report in docs/kill-matrix.md; in an order of the seed, and after so many minutes nothing new is begun.
`

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

function options() {
  const text = { type: 'string' } as const
  const { values } = parseArgs({ options: { sample: text, seed: text, accounts: text, only: text, minutes: text } })
  const number = (value: string | undefined, otherwise: number) => (value === undefined ? otherwise : Number(value))
  const { sample, seed, accounts, minutes, only = '' } = values
  const endsAt = performance.now() + number(minutes, 600) * 60_000
  return { sample: number(sample, 0), seed: number(seed, 1), accounts: number(accounts, 4), only, endsAt }
}

/** Kills, throttles, interrupts everything that a shop at AWS calls: docs/kill-matrix.md. */
async function main(): Promise<number> {
  const started = performance.now()
  const seconds = () => Math.round((performance.now() - started) / 1_000)
  const { sample, seed, accounts, only, endsAt } = options()
  const stage = await Stage.open()
  const recording = await recordAll(stage).finally(() => stage.close())
  const every = allLives(recording.plain, recording.dedicated).filter((life) => titleOf(life).includes(only))
  const lives = sample > 0 ? sampleOf(every, sample, seed) : shuffled(every, generator(seed))
  say(`One shop: ${recording.whole.default}. ${lives.length} of ${every.length} lives, seed ${seed}.`)
  let done = 0
  const told = ({ life, problems }: Verdict) => {
    done += 1
    if (problems.length > 0) say([`${done}. ${titleOf(life)}`, ...problems.map((it) => `   ${it}`)].join('\n'))
    else if (done % 20 === 0) say(`${done} lives, ${seconds()} s`)
  }
  const whole = sample === 0 && only === ''
  const played = whole ? await playAll(scenarios, recording, { accounts }) : []
  for (const { title, problems } of played)
    say(`${title}: ${problems.length === 0 ? 'as it should be' : problems.join('\n   ')}`)
  const first = await liveAll(lives, recording, { accounts, told, endsAt })
  const rest = await liveAll(unmet(first), recording, { accounts, told, endsAt })
  const never = unmet(rest).map(titleOf)
  if (never.length > 0) say(`Calls that did not come again: ${never.join('; ')}`)
  const verdicts = [...first, ...rest]
  if (whole) {
    const file = new URL('../../../docs/kill-matrix.md', import.meta.url)
    await writeReport({ recording, verdicts, planned: lives.length, played, ms: performance.now() - started }, file)
  }
  const bad = [...verdicts, ...played].filter(({ problems }) => problems.length > 0)
  say(`${verdicts.length} lives, ${bad.length} not as they should be, ${seconds()} s.`)
  return bad.length === 0 ? 0 : 1
}

if (process.argv.includes('--help')) say(usage)
else process.exitCode = await main()
