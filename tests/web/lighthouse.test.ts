import { beforeAll, describe, expect, it } from 'vitest'
import { type Audited, categories, goals } from '../../benchmarks/lighthouse/audit.ts'
import { run } from '../../benchmarks/lighthouse/run.ts'
import { browserInstalled } from './chromium.ts'

const names = ['home', 'browse', 'search', 'book', 'book, in English', 'checkout'] as const
const kilobyte = 1024

describe.skipIf(!browserInstalled())('Lighthouse, on a phone', () => {
  let pages: readonly Audited[]
  beforeAll(async () => {
    pages = await run()
  }, 900_000)

  const page = (name: string): Audited => {
    const found = pages.find((each) => each.name === name)
    if (!found) throw new Error(`${name} was not measured`)
    return found
  }

  it.each(names)('finds no fault with %s', (name) => {
    const { scores, runs, faults } = page(name)
    for (const category of categories)
      expect(scores[category], `${category} ${runs}: ${faults.join(', ')}`).toBeGreaterThanOrEqual(goals[category])
  })

  it.each(names)('sees nothing move on %s, and what is largest come first', (name) => {
    expect(page(name)).toMatchObject({ layoutShift: 0, largestIsPrompt: true })
  })

  it.each(names)('waits for the stylesheet and the script, and nothing else, before it paints %s', (name) => {
    const { requests, blocking } = page(name)
    expect(requests.filter(({ type }) => type === 'Stylesheet')).toHaveLength(1)
    expect(blocking.filter((path) => !/^\/assets\/shop-[\w-]+\.(?:css|js)$/.test(path))).toEqual([])
  })

  it.each(names)('fetches little for %s, and all of it from the shop', (name) => {
    const { requests } = page(name)
    const origin = new URL(requests[0]?.url ?? '').origin
    for (const { url } of requests) expect(new URL(url).origin).toBe(origin)
    const bytesOf = (type?: string) =>
      requests.filter((each) => !type || each.type === type).reduce((sum, { bytes }) => sum + bytes, 0)
    for (const [type, most] of [
      ['Document', 20],
      ['Stylesheet', 12],
      ['Script', 30],
      ['Font', 40],
    ] as const) {
      expect(bytesOf(type), type).toBeGreaterThan(0)
      expect(bytesOf(type), type).toBeLessThanOrEqual(most * kilobyte)
    }
    expect(bytesOf()).toBeLessThanOrEqual(200 * kilobyte)
    expect(requests.length).toBeLessThanOrEqual(40)
  })
})
