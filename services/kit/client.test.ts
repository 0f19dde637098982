import { createServer, type Server } from 'node:http'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { CallFailed, Client } from './client.ts'
import { listen } from './listen.ts'

let silent: Server
let client: Client

beforeEach(async () => {
  silent = await listen(() => undefined, { host: '127.0.0.1', port: 0 })
  client = new Client('silent', { host: '127.0.0.1', port: (silent.address() as { port: number }).port })
})
afterEach(async () => {
  await client.close()
  silent.closeAllConnections()
  silent.close()
})

/** `--expose-gc` from within: the flag is read when a context is made. */
function garbageCollector(): () => void {
  setFlagsFromString('--expose-gc')
  return runInNewContext('gc') as () => void
}

it('gives up in time even when garbage is collected meanwhile', async () => {
  const collecting = setInterval(garbageCollector(), 20)
  const call = client.call({ method: 'GET', path: '/', timeoutMs: 300, signal: new AbortController().signal })
  await expect(call).rejects.toThrow(CallFailed)
  clearInterval(collecting)
}, 3_000)

it('gives up when its caller does', async () => {
  const gone = new AbortController()
  const call = client.call({ method: 'GET', path: '/', signal: gone.signal })
  setTimeout(() => gone.abort(), 50)
  await expect(call).rejects.toThrow(CallFailed)
  await expect(client.call({ method: 'GET', path: '/', signal: gone.signal })).rejects.toThrow(CallFailed)
})

it('calls what cannot be reached, or is no JSON, an unknown outcome', async () => {
  const html = createServer((_, response) => response.writeHead(502).end('<html>'))
  await new Promise<void>((resolve) => html.listen(0, '127.0.0.1', resolve))
  const { port } = html.address() as { port: number }
  const peer = new Client('edge', { host: '127.0.0.1', port })
  await expect(peer.call({ method: 'GET', path: '/' })).rejects.toThrow(CallFailed)
  html.closeAllConnections()
  html.close()
  await expect(peer.call({ method: 'GET', path: '/' })).rejects.toThrow(CallFailed)
  await expect(peer.expect({ method: 'GET', path: '/' })).rejects.toMatchObject({ status: 503 })
  await peer.close()
})
