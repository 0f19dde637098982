import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inCloud } from '../lab/aws/in-cloud.ts'
import { doesWithout, isRefusalOf, Rights, type Verb, verbs } from './rights.ts'
import { spreadOf } from './spread.ts'

/** How many actions of each verb are taken away here, one by one; `npm run policies` takes them all. */
const sample: Record<Verb, number> = { plan: 99, deploy: 99, doctor: 99, up: 8, mend: 4, down: 4 }

describe('with exactly the rights of its policy', { sequential: true, shuffle: false }, () => {
  let rights: Rights
  const at = inCloud()
  beforeAll(() => {
    rights = new Rights(at.cloud)
  })
  afterAll(() => rights?.close())

  it.each(verbs)('%s passes, and is refused with one less', async (verb) => {
    const { granted, wanted } = await rights.pass(verb)
    expect(wanted.length).toBeGreaterThan(0)
    // The policy of a verb that looks has nothing that it does not use.
    if (['plan', 'deploy', 'doctor'].includes(verb)) expect(granted.filter((it) => !wanted.includes(it))).toEqual([])
    const taken = spreadOf(
      wanted.filter((action) => !doesWithout.has(action)),
      sample[verb],
    )
    for (const action of taken) {
      const error = await rights.without(verb, action)
      expect(isRefusalOf(error, action), `${verb} without ${action}: ${String(error)}`).toBe(true)
    }
  })

  it('finds an image without the public parameter', async () => {
    expect(await rights.without('up', 'ssm:GetParameter')).toBeUndefined()
  })
})
