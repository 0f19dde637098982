import { type ChildProcess, spawn } from 'node:child_process'
import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises'
import { createServer, request, type Server } from 'node:http'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findNginx } from '../../provisioners/local/nginx/locate.ts'
import { nginxArguments } from '../../provisioners/local/nginx/process.ts'
import { limitLogins, loginLimit } from '../../templates/nginx/login-limit.ts'
import { chooseSlot, refuseWithoutSlot } from '../../templates/nginx/slots.ts'
import { upstream } from '../../templates/nginx/upstream.ts'
import { until } from '../support/shop.ts'

/** NGINX on a Unix socket, with the parts of a machine's configuration that decide at each request. */
describe('the system’s NGINX', () => {
  let folder: string
  let nginx: ChildProcess
  const slots: Record<string, Server> = {}

  const place = (name: string) => join(folder, name)
  const slotsOf = () => ({
    names: ['blue', 'green'] as const,
    active: place('active'),
    maintenance: place('maintenance'),
    files: '',
  })
  const pool = (slot: string, other: string) =>
    upstream({ name: `${slot}-web`, sockets: [place(`${slot}.sock`)], backup: [place(`${other}.sock`)] })

  beforeAll(async () => {
    folder = await mkdtemp('/tmp/nginx-slots-')
    for (const slot of ['blue', 'green']) {
      await mkdir(place(`slots/${slot}`), { recursive: true })
      await writeFile(place(`slots/${slot}/${slot}`), '')
      await listen(slot)
    }
    const server = await findNginx('system')
    await writeFile(
      place('nginx.conf'),
      `daemon off; ${process.getuid?.() === 0 ? 'user root;' : ''} worker_processes 2; error_log stderr; pid nginx.pid;
       events { worker_connections 512; }
       http {
         access_log off;
         ${['client_body', 'proxy', ...server.tempModules].map((name) => `${name}_temp_path ${place(name)};`).join(' ')}
         set_real_ip_from unix:; real_ip_header X-Client;
         ${loginLimit}
         ${pool('blue', 'green')} ${pool('green', 'blue')}
         server {
           listen unix:${place('site.sock')};
           ${chooseSlot(slotsOf())}
           location / { ${refuseWithoutSlot} proxy_pass http://$slot-web; proxy_http_version 1.1; proxy_set_header Connection ""; }
           location = /login { ${limitLogins} proxy_pass http://blue-web; }
         }
       }`,
    )
    const [program = '', ...argv] = nginxArguments(server, place('nginx.conf'))
    nginx = spawn(program, argv, { stdio: 'ignore' })
    await switchTo('blue')
    await until('NGINX answers', async () => (await ask('/').catch(() => undefined))?.status === 200)
  })

  afterAll(async () => {
    const ended = new Promise((resolve) => nginx.once('exit', resolve))
    nginx.kill('SIGTERM')
    await ended
    for (const server of Object.values(slots)) server.close()
    await rm(folder, { recursive: true })
  })

  async function listen(slot: string): Promise<void> {
    const server = createServer({ keepAliveTimeout: 75_000 }, (asked, answer) => {
      const wait = asked.url === '/slow' ? 500 : 1
      setTimeout(() => answer.end(slot), wait)
    })
    slots[slot] = server
    await new Promise<void>((resolve) => server.listen(place(`${slot}.sock`), resolve))
  }

  async function switchTo(slot: string): Promise<void> {
    await rm(place('next'), { force: true })
    await symlink(`slots/${slot}`, place('next'))
    await rename(place('next'), place('active'))
  }

  function ask(path: string, { method = 'GET', client = '192.0.2.1', agent = false as const } = {}) {
    return new Promise<{ status: number; body: string }>((resolve, reject) => {
      const options = { socketPath: place('site.sock'), path, method, agent, headers: { 'x-client': client } }
      const call = request(options, (answer) => {
        let body = ''
        answer.setEncoding('utf8').on('data', (chunk: string) => (body += chunk))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }))
      })
      call.on('error', reject)
      call.end()
    })
  }

  it('sends each request to the slot that serves at its time, and lets those under way finish where they began', async () => {
    await switchTo('blue')
    const slow = ask('/slow')
    await until('it has arrived', () => connectionsOf('blue').then((count) => count > 0))
    await switchTo('green')
    expect(await ask('/')).toEqual({ status: 200, body: 'green' })
    expect(await slow).toEqual({ status: 200, body: 'blue' })
  })

  it('loses nothing while the slot changes a hundred times under load', async () => {
    let done = false
    const seen = new Set<string>()
    const shoppers = Array.from({ length: 20 }, async () => {
      while (!done) {
        const { status, body } = await ask('/')
        expect(status).toBe(200)
        seen.add(body)
      }
    })
    for (let turn = 0; turn < 100; turn++) {
      await switchTo(turn % 2 === 0 ? 'blue' : 'green')
      await ask('/')
    }
    done = true
    await Promise.all(shoppers)
    expect([...seen].sort()).toEqual(['blue', 'green'])
  })

  it('asks the other slot for what was decided for one that is gone', async () => {
    await switchTo('blue')
    await new Promise<void>((resolve) => {
      slots.blue?.close(() => resolve())
      slots.blue?.closeAllConnections()
    })
    expect(await ask('/')).toEqual({ status: 200, body: 'green' })
    await listen('blue')
    expect(await ask('/')).toEqual({ status: 200, body: 'blue' })
  })

  it('serves nobody without a slot, and nobody while there is maintenance', async () => {
    await writeFile(place('maintenance'), '')
    expect((await ask('/')).status).toBe(503)
    await rm(place('maintenance'))
    expect((await ask('/')).status).toBe(200)
    await rm(place('active'))
    expect((await ask('/')).status).toBe(503)
    await switchTo('blue')
    expect((await ask('/')).status).toBe(200)
  })

  /** How many of so many logins at once, of these clients in turn, are told to wait. */
  async function refused(count: number, ...clients: string[]): Promise<number> {
    const client = (turn: number) => clients[turn % clients.length] ?? ''
    const asks = Array.from({ length: count }, (_, turn) => ask('/login', { method: 'POST', client: client(turn) }))
    return (await Promise.all(asks)).filter(({ status }) => status === 429).length
  }

  it('counts logins by address, and IPv6 by network', async () => {
    expect(await refused(41, '198.51.100.1')).toBe(0)
    expect(await refused(10, '198.51.100.1')).toBeGreaterThan(5)
    expect(await refused(41, '198.51.100.2')).toBe(0)
    // The second half of one's own network is as free as the last digit of a house number.
    expect(await refused(60, '2001:db8:0:1::1', '2001:db8:0:1:ffff:ffff:ffff:ffff')).toBeGreaterThan(10)
    expect(await refused(60, '2001:db8:0:a:a::1', '2001:db8:0:b:a::1')).toBe(0)
  })

  it('counts nobody who only reads', async () => {
    for (let turn = 0; turn < 60; turn++) expect((await ask('/login', { client: '198.51.100.9' })).status).toBe(200)
  })

  function connectionsOf(slot: string): Promise<number> {
    return new Promise((resolve) => slots[slot]?.getConnections((_, count) => resolve(count)))
  }
})
