import { openIdle } from '../../tests/site/idle.ts'
import { type LoadReport, startLoad } from '../../tests/site/load.ts'
import { slowUpload } from '../../tests/site/slow-upload.ts'
import { another, anotherRelease, domain, withMachine } from '../support/shop-on-machine.ts'

export interface Report extends LoadReport {
  seconds: number
  /** How often each was done meanwhile. */
  done: Record<'rollback' | 'deploy' | 'cert issue', number>
  /** Uploads that began in one slot's time and ended in another's, by status. */
  slow: Record<string, number>
  /** Connections that were idle in between, each time that they were used again. */
  idle: Record<string, number>
}

const paths = ['/es/', '/api/catalog/books?limit=5', '/en/books', '/api/sales/delivery-providers', '/en/login']

/**
 * So many requests to a shop on a machine of the lab, while releases take turns and certificates are replaced, again and
 * again: whoever asks must not notice. Sixteen connections that never pause, twenty that are idle between two switches,
 * and an upload that lasts longer than each switch.
 */
export async function run({ requests = 100_000 } = {}): Promise<Report> {
  return withMachine('prepared', async (it) => {
    await it.succeed('up', '--yes')
    await anotherRelease(it)
    const { address } = it.machine
    const began = performance.now()
    const load = startLoad({ address, host: domain, paths, connections: 16 })
    const idle = await openIdle(address, domain, 20)
    const report = { done: { rollback: 0, deploy: 0, 'cert issue': 0 }, slow: {}, idle: {} }
    try {
      while (load.answered < requests) {
        for (const words of [['rollback', another], ['cert', 'issue'], ['deploy']]) {
          const upload = slowUpload(address, domain)
          await it.succeed(...words)
          upload.finish()
          count(report.slow, { [await upload.status]: 1 })
          count(report.idle, await idle.ask())
          count(report.done, { [words[0] === 'cert' ? 'cert issue' : String(words[0])]: 1 })
        }
      }
    } finally {
      idle.close()
    }
    const seconds = (performance.now() - began) / 1000
    return { ...(await load.stop()), ...report, seconds }
  })
}

function count(counts: Record<string, number>, more: Record<string, number>): void {
  for (const [name, times] of Object.entries(more)) counts[name] = (counts[name] ?? 0) + times
}

export function table({ answered, failures, seconds, slowestMs, done, slow, idle }: Report): string {
  const said = (counts: Record<string, number>) =>
    Object.entries(counts)
      .map(([name, times]) => `${times} x ${name}`)
      .join(', ') || 'none'
  return [
    `answered              ${answered} in ${seconds.toFixed(0)} s, the slowest after ${slowestMs.toFixed(0)} ms`,
    `failed                ${said(failures)}`,
    `meanwhile             ${said(done)}`,
    `slow uploads          ${said(slow)}`,
    `idle connections      ${said(idle)}`,
  ].join('\n')
}
