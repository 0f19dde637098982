import { beforeAll, describe, expect, it } from 'vitest'
import { titleOf } from './matrix/life.ts'
import { allLives, sampleOf } from './matrix/lives.ts'
import { liveAll, playAll, type Recording, recordAll } from './matrix/run.ts'
import { scenarios } from './matrix/scenarios.ts'
import { Stage } from './matrix/stage.ts'

const longMs = 10 * 60_000

/** A spread of `npm run matrix`: another one for each seed. */
describe('a shop at AWS that is disturbed at a call', () => {
  const seed = Number(process.env.BOOKSTORE_MATRIX_SEED ?? Math.floor(Date.now() / 86_400_000))
  let recording: Recording
  beforeAll(async () => {
    const stage = await Stage.open()
    recording = await recordAll(stage).finally(() => stage.close())
  }, longMs)

  it(
    `ends with one of everything, and then with nothing (seed ${seed})`,
    async () => {
      const lives = sampleOf(allLives(recording.plain, recording.dedicated), 7, seed)
      const verdicts = await liveAll(lives, recording, { accounts: 2, told: () => {} })
      expect(verdicts.flatMap(({ life, problems }) => problems.map((it) => `${titleOf(life)}: ${it}`))).toEqual([])
      expect(verdicts.flatMap(({ struck }) => struck).length).toBeGreaterThan(verdicts.length)
    },
    longMs,
  )

  it(
    'is one shop though two operators are at work, one of whom presses Ctrl-C twice',
    async () => {
      const few = scenarios.filter(({ title }) => /^up and up, 400 ms|second Ctrl-C/.test(title))
      expect(few).toHaveLength(2)
      const played = await playAll(few, recording, { accounts: 2 })
      expect(played.filter(({ problems }) => problems.length > 0)).toEqual([])
    },
    longMs,
  )
})
