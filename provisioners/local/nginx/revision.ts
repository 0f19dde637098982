import { request } from 'node:http'
import type { Context } from '../../engine/resource.ts'

/** The revision that the workers which answer at a status socket of NGINX have loaded; `undefined` when none answers. */
export function loadedRevision(socketPath: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const options = { socketPath, path: '/revision', agent: false, timeout: 2_000, headers: { host: 'localhost' } }
    const call = request(options, (answer) => {
      let text = ''
      answer.setEncoding('utf8')
      answer.on('data', (chunk: string) => {
        text += chunk
      })
      answer.on('end', () => resolve(answer.statusCode === 200 ? text : undefined))
    })
    call.on('timeout', () => call.destroy())
    call.on('error', () => resolve(undefined))
    call.end()
  })
}

/** Resolves when that revision is loaded. @throws What `late` makes, after 15 s. */
export async function untilLoaded(
  socketPath: string,
  revision: string,
  { clock, signal }: Context,
  late: () => Error,
): Promise<void> {
  const deadline = clock.now().getTime() + 15_000
  while ((await loadedRevision(socketPath)) !== revision) {
    if (clock.now().getTime() > deadline) throw late()
    await clock.sleep(20, signal)
  }
}
