import { request } from 'node:https'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { machine as places } from '../../provisioners/host/layout.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { until } from '../support/shop.ts'
import { brokenReleases } from './broken-releases.ts'
import { startLoad } from './load.ts'
import { type AgentRun, SiteMachine } from './site-machine.ts'
import { domain } from './site-manifest.ts'

const megabyte = 1024 * 1024
const longMs = 15 * 60_000

describeLab('a site on a machine of 1 GB', () => {
  let site: SiteMachine
  /** With an NGINX of somebody else's on port 80. */
  let refused: AgentRun
  /** What there was of ours after that. */
  let touched: string

  beforeAll(async () => {
    site = await SiteMachine.create({ memoryMb: 1024 })
    refused = await site.converge()
    touched = (await site.machine.run(['sh', '-c', 'getent passwd bookstore; ls -d /etc/bookstore'])).stdout
    await site.machine.must(['systemctl', 'disable', '--now', 'nginx'])
    expect((await site.converge()).last).toMatchObject({ type: 'result' })
    await site.variant('other', {})
  }, longMs)
  afterAll(() => site?.close())

  const load = (connections: number) =>
    startLoad({
      address: site.machine.address,
      host: domain,
      paths: ['/es/', '/api/catalog/books?limit=5', '/en/books', '/api/sales/delivery-providers'],
      connections,
    })

  /** The release that does not serve now. */
  const next = async () => ((await site.serving()).release === 'other' ? site.release : 'other')

  const isWhole = async () => {
    const { slot, release } = await site.serving()
    expect(await site.plan({ release })).toEqual([])
    const others = (await site.running()).filter((unit) => !unit.includes(`@${slot}-`))
    expect(others).toEqual([])
    expect((await site.ask('/es/')).status).toBe(200)
  }

  it('is not begun where somebody else has the ports, and names them', () => {
    expect(refused.last).toMatchObject({ code: 'port-taken', details: { port: 80, unit: 'nginx.service' } })
    expect(refused.last.message).toContain('taken by nginx (nginx.service)')
    expect(touched).toBe('')
  })

  it('is what its manifest says: another run changes nothing', async () => {
    const { release } = await site.serving()
    const { last } = await site.converge({ release })
    expect(last).toMatchObject({ type: 'result', data: { done: [] } })
    await isWhole()
  })

  it('leaves the PostgreSQL that was there alone', async () => {
    const { stdout } = await site.machine.run(['pg_lsclusters', '--no-header'])
    const found = stdout.split('\n').map((line) => line.split(/\s+/).slice(0, 4).join(' '))
    expect(found).toEqual(expect.arrayContaining(['15 bookstore 5432 online', '15 main 5432 online']))
    expect((await site.machine.run(['ls', '/var/run/postgresql/.s.PGSQL.5432'])).status).toBe(0)
    expect(await site.machine.must(['stat', '-c', '%U %G %a', '/run/bookstore/postgres'])).toBe(
      'postgres bookstore 750\n',
    )
  })

  it('exposes little of the machine to any process of its own', async () => {
    const text = await site.machine.must(['systemd-analyze', 'security', '--no-pager'])
    const scores = [...text.matchAll(/^(bookstore-\S+)\s+(\d+\.\d+)/gm)].map(([, unit, score]) => [unit, Number(score)])
    expect(scores.length).toBeGreaterThanOrEqual(7)
    expect(scores.filter(([, score]) => Number(score) > 2)).toEqual([])
    const users = await site.machine.must(['sh', '-c', 'ps -o user= -p $(pgrep -d, nginx) | sort -u'])
    expect(users.trim()).toMatch(/^bookstore-?n?/)
  })

  it('answers for its own names alone, and over HTTPS alone', async () => {
    const page = await site.ask('/es/')
    expect(page.headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains')
    expect((await site.ask('/', { headers: { host: 'evil.test' } })).status).toBe(421)
    const argv = ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code} %{redirect_url}', '-H', `Host: www.${domain}`]
    expect(await site.machine.must([...argv, 'http://127.0.0.1/es/'])).toBe(`308 https://www.${domain}/es/`)
    expect(await site.machine.must([...argv, 'http://[::1]/es/'])).toBe(`308 https://www.${domain}/es/`)
  })

  it('shows its own page, to people and to programs, while there is maintenance', async () => {
    await site.machine.must(['touch', places.maintenance])
    try {
      const page = await site.ask('/es/')
      expect(page).toMatchObject({ status: 503, headers: { 'retry-after': '300' } })
      expect(page.body).toContain('mantenimiento')
      const call = await site.ask('/api/catalog/books')
      expect(call).toMatchObject({ status: 503, headers: { 'retry-after': '300' } })
      expect(JSON.parse(call.body)).toMatchObject({ code: 'unavailable' })
    } finally {
      await site.machine.must(['rm', places.maintenance])
    }
    expect((await site.ask('/es/')).status).toBe(200)
  })

  it('slows down whoever tries passwords, and nobody who reads', async () => {
    const body = JSON.stringify({ email: 'nobody@example.com', password: 'guess guess guess' })
    const login = () =>
      site.ask('/api/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const answers = await Promise.all(Array.from({ length: 60 }, login))
    const told = answers.filter(({ headers }) => headers['retry-after'] === '60')
    expect(told.length).toBeGreaterThan(0)
    expect(told[0]).toMatchObject({ status: 429, headers: { 'content-type': 'application/problem+json' } })
    const forms = await Promise.all(Array.from({ length: 10 }, () => site.ask('/es/login', { method: 'POST' })))
    expect(forms.find(({ status }) => status === 429)?.body).toContain('Demasiados intentos')
    expect((await site.ask('/es/login')).status).toBe(200)
  })

  it(
    'deploys a release and goes back without losing a request, in 900 MB',
    async () => {
      const release = await next()
      const before = await site.serving()
      const shoppers = load(6)
      await until('shoppers are there', () => shoppers.answered > 200, 120_000)
      const most = { one: await memoryOfSite(), two: 0 }
      // Decided for the old slot long before it has a body to send, which comes when that slot is gone.
      const slow = slowUpload(site.machine.address)
      let deploying = true
      const watch = (async () => {
        while (deploying) {
          most.two = Math.max(most.two, await memoryOfSite())
          await sleep(500)
        }
      })()
      for (const each of [release, before.release]) {
        const { last } = await site.converge({ release: each })
        expect(last, JSON.stringify(last)).toMatchObject({ type: 'result', data: { done: ['host.shop/active'] } })
        expect((await site.serving()).release).toBe(each)
      }
      deploying = false
      await watch
      slow.finish()
      expect([401, 422, 429]).toContain(await slow.status)
      const report = await shoppers.stop()
      expect(report.failures).toEqual({})
      expect(report.answered).toBeGreaterThan(500)
      await isWhole()
      expect(await site.serving()).toEqual(before)
      process.stderr.write(`PSS of the site: ${mb(most.one)} MB under load, ${mb(most.two)} MB with two slots\n`)
      expect(most.one).toBeLessThanOrEqual(600 * megabyte)
      expect(most.two).toBeLessThanOrEqual(900 * megabyte)
      expect((await site.machine.memory()).oomKills).toBe(0)
    },
    longMs,
  )

  it(
    'keeps the history of what served, and why what did not',
    async () => {
      await site.variant('crashes-for-history', brokenReleases.crashes)
      await site.converge({ release: 'crashes-for-history' })
      const history = JSON.parse(await site.machine.must(['cat', `${places.agent}/activations.json`]))
      expect(history[0]).toMatchObject({ release: site.release, slot: 'blue', by: 'ana@laptop', result: 'served' })
      expect(history.at(-1)).toMatchObject({
        release: 'crashes-for-history',
        by: 'ana@laptop',
        result: 'failed',
        code: 'release-crashed',
      })
    },
    longMs,
  )

  describe.each([
    ['crashes', 'release-crashed', 'there is no shelf for this catalog'],
    ['hangs', 'release-not-ready', 'counting all books of the world first'],
    ['fails its migration', 'migration-failed', 'this schema is beyond me'],
    ['fails its smoke', 'smoke-failed', 'home page'],
  ] as const)('a release that %s', (how, code, said) => {
    it(
      'changes nothing for anybody, and its last words are shown',
      async () => {
        const before = await site.serving()
        const shoppers = load(2)
        const release = await site.variant(how.replaceAll(' ', '-'), brokenReleases[how])
        const { status, last } = await site.converge({ release, readySeconds: how === 'hangs' ? 10 : 120 })
        expect(status).toBe(1)
        expect(last).toMatchObject({ type: 'error', code })
        expect(last.message).toContain(said)
        expect(last.message).toContain(`${before.release} goes on serving`)
        expect((await shoppers.stop()).failures).toEqual({})
        expect(await site.serving()).toEqual(before)
        await isWhole()
      },
      longMs,
    )
  })

  describe('an agent that is killed', () => {
    /** Starts a deploy and resolves with the agent's end, once `moment` has come and `strike` was made. */
    async function strikeAt(moment: () => Promise<boolean>, strike: () => Promise<unknown>): Promise<void> {
      const run = site.converge({ release: await next() }).catch(() => undefined)
      await until('the moment has come', moment, 300_000)
      await strike()
      await run
    }
    const killAgent = () => site.machine.must(['systemctl', 'kill', '--signal=KILL', 'bookstore-run.service'])
    const finishes = async () => {
      const release = await next()
      expect((await site.converge({ release })).last).toMatchObject({ type: 'result' })
      expect((await site.serving()).release).toBe(release)
      await isWhole()
    }

    it(
      'before the switch: the old release serves, and the next run finishes',
      async () => {
        const { slot } = await site.serving()
        const other = slot === 'blue' ? 'green' : 'blue'
        const started = async () => (await site.running()).some((unit) => unit.includes(`@${other}-`))
        await strikeAt(started, killAgent)
        expect((await site.serving()).slot).toBe(slot)
        expect((await site.ask('/es/')).status).toBe(200)
        await finishes()
      },
      longMs,
    )

    it(
      'just after it: the new release serves, and the next run lets the old one go',
      async () => {
        const before = await site.serving()
        const shoppers = load(2)
        await strikeAt(async () => (await site.serving()).slot !== before.slot, killAgent)
        expect((await site.serving()).slot).not.toBe(before.slot)
        const { release } = await site.serving()
        expect((await site.converge({ release })).last).toMatchObject({ type: 'result' })
        expect((await shoppers.stop()).failures).toEqual({})
        await isWhole()
      },
      longMs,
    )

    it(
      'together with the machine: it comes back by itself',
      async () => {
        const before = await site.serving()
        const powerCut = async () => {
          await site.machine.kill()
          await site.machine.start()
        }
        await strikeAt(async () => (await site.serving()).slot !== before.slot, powerCut)
        await until('the site answers', answers, 300_000)
        const { release } = await site.serving()
        expect((await site.converge({ release })).last).toMatchObject({ type: 'result' })
        await isWhole()
      },
      longMs,
    )
  })

  const answers = () =>
    site.ask('/es/').then(
      ({ status }) => status === 200,
      () => false,
    )

  it(
    'comes back after a reboot, as it was',
    async () => {
      const before = await site.serving()
      await site.machine.reboot()
      await until('the site answers', answers, 300_000)
      expect(await site.serving()).toEqual(before)
      await until('all of it is up', async () => (await site.plan({ release: before.release })).length === 0, 300_000)
    },
    longMs,
  )

  it(
    'is mended where somebody has laid hands on it',
    async () => {
      const { slot, release } = await site.serving()
      await site.machine.must(['systemctl', 'stop', `bookstore-sales@${slot}-1.service`])
      await site.machine.must(['sh', '-c', 'echo "# mine" >>/etc/bookstore/nginx/nginx.conf'])
      await site.machine.must([
        'sh',
        '-c',
        'echo "max_connections = 9" >>/etc/postgresql/15/bookstore/conf.d/bookstore.conf',
      ])
      const steps = (await site.plan({ release })).map(({ address }) => address)
      expect(steps).toEqual(['host.postgres-cluster/bookstore', 'host.nginx-site/site', 'host.shop/active'])
      expect((await site.converge({ release })).last).toMatchObject({ type: 'result' })
      await isWhole()
    },
    longMs,
  )

  it(
    'shows a new certificate from the next handshake on, and loses no request over it',
    async () => {
      const { release } = await site.serving()
      const before = (await site.ask('/es/')).fingerprint
      const shoppers = load(4)
      await until('shoppers are there', () => shoppers.answered > 50, 120_000)
      const folder = places.certificates
      const name = ['-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain},DNS:www.${domain}`]
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      const files = ['-keyout', `${folder}/site.key`, '-out', `${folder}/site.pem`]
      await site.machine.must(['mkdir', '-p', folder])
      await site.machine.must(['openssl', 'req', '-x509', '-days', '30', ...key, ...name, ...files])
      const { last } = await site.converge({ release })
      expect(last).toMatchObject({ type: 'result', data: { done: ['host.nginx-site/site'] } })
      expect((await site.ask('/es/')).fingerprint).not.toBe(before)
      const more = shoppers.answered + 50
      await until('shoppers go on', () => shoppers.answered > more, 120_000)
      expect((await shoppers.stop()).failures).toEqual({})
    },
    longMs,
  )

  it('never gets to see a configuration that NGINX refuses', async () => {
    const { release } = await site.serving()
    const folder = '/etc/bookstore/nginx'
    const before = await site.machine.must(['cat', `${folder}/nginx.conf`])
    // Included by the shop's own: as if a template were wrong.
    const file = '/etc/bookstore/slots/blue/nginx.conf'
    const good = await site.machine.must(['cat', file])
    await site.machine.must(['sh', '-c', `echo 'nonsense;' >>${file}`])
    await site.machine.must(['sh', '-c', `echo '# drift' >>${folder}/nginx.conf`])
    try {
      const { last } = await site.converge({ release })
      expect(last).toMatchObject({ type: 'error', code: 'nginx-config' })
      expect(last.message).toContain('unknown directive "nonsense"')
      expect(await site.machine.must(['cat', `${folder}/nginx.conf`])).toBe(`${before}# drift\n`)
      expect((await site.ask('/es/')).status).toBe(200)
    } finally {
      await site.machine.must(['tee', file], { input: good })
      await site.converge({ release })
    }
    await isWhole()
  })

  /** Of all that the site consists of: its own processes, NGINX, PostgreSQL. */
  async function memoryOfSite(): Promise<number> {
    const { units } = await site.machine.memory()
    return Object.entries(units)
      .filter(([unit]) => /^bookstore-(?!run)|^postgresql@15-bookstore/.test(unit))
      .reduce((sum, [, bytes]) => sum + bytes, 0)
  }
})

const mb = (bytes: number) => Math.round(bytes / megabyte)

/** A login whose body comes when `finish` is called; a byte now and then keeps it alive. */
function slowUpload(address: string): { finish(): void; status: Promise<number> } {
  const body = JSON.stringify({ email: 'slow@example.com', password: 'a very slow typist' })
  const headers = { host: domain, 'content-type': 'application/json', 'content-length': body.length }
  const tls = { servername: domain, rejectUnauthorized: false, agent: false } as const
  const call = request({ host: address, port: 443, path: '/api/auth/login', method: 'POST', headers, ...tls })
  const status = new Promise<number>((resolve, reject) => {
    call.on('response', (answer) => resolve(answer.resume().statusCode ?? 0))
    call.on('error', reject)
  })
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
