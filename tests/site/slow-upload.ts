import { request } from 'node:https'

/** A login whose body comes when `finish` is called; a byte now and then keeps it alive. */
export function slowUpload(address: string, domain: string): { finish(): void; status: Promise<number> } {
  const body = JSON.stringify({ email: 'slow@example.com', password: 'a very slow typist' })
  const headers = { host: domain, 'content-type': 'application/json', 'content-length': body.length }
  const tls = { servername: domain, rejectUnauthorized: false, agent: false } as const
  const call = request({ host: address, port: 443, path: '/api/auth/login', method: 'POST', headers, ...tls })
  const status = new Promise<number>((resolve, reject) => {
    call.on('response', (answer) => resolve(answer.resume().statusCode ?? 0))
    call.on('error', reject)
  })
  // Whoever asks is told; that nobody asks is no reason to end the process.
  status.catch(() => {})
  let sent = 0
  const trickle = setInterval(() => call.write(body[sent++] ?? ''), 4_000)
  call.write(body[sent++] ?? '')
  return {
    finish: () => {
      clearInterval(trickle)
      call.end(body.slice(sent))
    },
    status,
  }
}
