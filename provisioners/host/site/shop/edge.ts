import { request } from 'node:https'
import type { Clock } from '../../../engine/resource.ts'
import type { ShopSettings } from './settings.ts'

const patienceMs = 10_000
const paths = ['/', '/api/catalog/books?limit=1']

/** Asks as a shopper on this machine would. Resolves with what is wrong, or undefined when all is well. */
export async function askEdge({ url }: ShopSettings, clock: Clock): Promise<string | undefined> {
  const deadline = clock.now().getTime() + patienceMs
  for (;;) {
    const statuses = await Promise.all(paths.map((path) => statusOf(new URL(url).hostname, path)))
    const wrong = paths.filter((_, position) => !isGood(statuses[position]))
    if (wrong.length === 0) return undefined
    if (clock.now().getTime() > deadline) {
      return wrong.map((path) => `GET ${path} answered ${statuses[paths.indexOf(path)] ?? 'nothing'}.`).join(' ')
    }
    await clock.sleep(500)
  }
}

const isGood = (status: number | undefined) => status !== undefined && status >= 200 && status < 400

function statusOf(host: string, path: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    // Whose certificate it shows is another question: `cert status`.
    const tls = { servername: host, rejectUnauthorized: false }
    const options = { host: '127.0.0.1', port: 443, path, headers: { host }, agent: false, timeout: 5_000, ...tls }
    const call = request(options, (answer) => {
      answer.resume()
      resolve(answer.statusCode)
    })
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(undefined))
    call.end()
  })
}
