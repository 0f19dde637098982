import { afterAll, beforeAll, expect } from 'vitest'
import { type Load, startLoad } from './load.ts'
import { type AgentRun, SiteMachine } from './site-machine.ts'
import { domain } from './site-manifest.ts'

/** A site that serves, on a machine of 1 GB, for all tests of a suite; and what they ask of it. */
export interface ServingSite {
  readonly site: SiteMachine
  /** How the first run ended, when an NGINX of somebody else's had port 80. */
  readonly refused: AgentRun
  /** What there was of ours after that. */
  readonly touched: string
  /** Shoppers who read on, until they are stopped. */
  load(connections: number): Load
  /** Everything is as its manifest says, one slot runs, and it serves. */
  isWhole(): Promise<void>
  answers(): Promise<boolean>
}

/** Long enough for a busy box that builds images first. */
export const longMs = 15 * 60_000

export function servingSite(): ServingSite {
  let site: SiteMachine
  let refused: AgentRun
  let touched: string
  beforeAll(async () => {
    site = await SiteMachine.create({ memoryMb: 1024 })
    refused = await site.converge()
    touched = (await site.machine.run(['sh', '-c', 'getent passwd bookstore; ls -d /etc/bookstore'])).stdout
    await site.machine.must(['systemctl', 'disable', '--now', 'nginx'])
    expect((await site.converge()).last).toMatchObject({ type: 'result' })
  }, longMs)
  afterAll(() => site?.close())
  return {
    get site() {
      return site
    },
    get refused() {
      return refused
    },
    get touched() {
      return touched
    },
    load: (connections) =>
      startLoad({
        address: site.machine.address,
        host: domain,
        paths: ['/es/', '/api/catalog/books?limit=5', '/en/books', '/api/sales/delivery-providers'],
        connections,
      }),
    async isWhole() {
      const { slot, release } = await site.serving()
      expect(await site.plan({ release })).toEqual([])
      const others = (await site.running()).filter((unit) => !unit.includes(`@${slot}-`))
      expect(others).toEqual([])
      expect((await site.ask('/es/')).status).toBe(200)
    },
    answers: () =>
      site.ask('/es/').then(
        ({ status }) => status === 200,
        () => false,
      ),
  }
}
