import { expect, it } from 'vitest'
import { machine as places } from '../../provisioners/host/layout.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { until } from '../support/shop.ts'
import { longMs, servingSite } from './serving-site.ts'
import { domain } from './site-manifest.ts'

describeLab('a site on a machine of 1 GB', () => {
  const here = servingSite()

  it('is not begun where somebody else has the ports, and names them', () => {
    expect(here.refused.last).toMatchObject({ code: 'port-taken', details: { port: 80, unit: 'nginx.service' } })
    expect(here.refused.last.message).toContain('taken by nginx (nginx.service)')
    expect(here.touched).toBe('')
  })

  it('is what its manifest says: another run changes nothing', async () => {
    const { release } = await here.site.serving()
    const { last } = await here.site.converge({ release })
    expect(last).toMatchObject({ type: 'result', data: { done: [] } })
    await here.isWhole()
  })

  it('leaves the PostgreSQL that was there alone', async () => {
    const { stdout } = await here.site.machine.run(['pg_lsclusters', '--no-header'])
    const found = stdout.split('\n').map((line) => line.split(/\s+/).slice(0, 4).join(' '))
    expect(found).toEqual(expect.arrayContaining(['15 bookstore 5432 online', '15 main 5432 online']))
    expect((await here.site.machine.run(['ls', '/var/run/postgresql/.s.PGSQL.5432'])).status).toBe(0)
    expect(await here.site.machine.must(['stat', '-c', '%U %G %a', '/run/bookstore/postgres'])).toBe(
      'postgres bookstore 750\n',
    )
  })

  it('exposes little of the machine to any process of its own', async () => {
    const text = await here.site.machine.must(['systemd-analyze', 'security', '--no-pager'])
    const scores = [...text.matchAll(/^(bookstore-\S+)\s+(\d+\.\d+)/gm)].map(([, unit, score]) => [unit, Number(score)])
    expect(scores.length).toBeGreaterThanOrEqual(7)
    expect(scores.filter(([, score]) => Number(score) > 2)).toEqual([])
    const users = await here.site.machine.must(['sh', '-c', 'ps -o user= -p $(pgrep -d, nginx) | sort -u'])
    expect(users.trim()).toMatch(/^bookstore-?n?/)
  })

  it('answers for its own names alone, and over HTTPS alone', async () => {
    const page = await here.site.ask('/es/')
    expect(page.headers['strict-transport-security']).toBe('max-age=63072000; includeSubDomains')
    expect((await here.site.ask('/', { headers: { host: 'evil.test' } })).status).toBe(421)
    const argv = ['curl', '-s', '-o', '/dev/null', '-w', '%{http_code} %{redirect_url}', '-H', `Host: www.${domain}`]
    expect(await here.site.machine.must([...argv, 'http://127.0.0.1/es/'])).toBe(`308 https://www.${domain}/es/`)
    expect(await here.site.machine.must([...argv, 'http://[::1]/es/'])).toBe(`308 https://www.${domain}/es/`)
  })

  it('shows its own page, to people and to programs, while there is maintenance', async () => {
    await here.site.machine.must(['touch', places.maintenance])
    try {
      const page = await here.site.ask('/es/')
      expect(page).toMatchObject({ status: 503, headers: { 'retry-after': '300' } })
      expect(page.body).toContain('mantenimiento')
      const call = await here.site.ask('/api/catalog/books')
      expect(call).toMatchObject({ status: 503, headers: { 'retry-after': '300' } })
      expect(JSON.parse(call.body)).toMatchObject({ code: 'unavailable' })
    } finally {
      await here.site.machine.must(['rm', places.maintenance])
    }
    expect((await here.site.ask('/es/')).status).toBe(200)
  })

  it('slows down whoever tries passwords, and nobody who reads', async () => {
    const body = JSON.stringify({ email: 'nobody@example.com', password: 'guess guess guess' })
    const login = () =>
      here.site.ask('/api/auth/login', { method: 'POST', headers: { 'content-type': 'application/json' }, body })
    const answers = await Promise.all(Array.from({ length: 60 }, login))
    const told = answers.filter(({ headers }) => headers['retry-after'] === '60')
    expect(told.length).toBeGreaterThan(0)
    expect(told[0]).toMatchObject({ status: 429, headers: { 'content-type': 'application/problem+json' } })
    const forms = await Promise.all(Array.from({ length: 10 }, () => here.site.ask('/es/login', { method: 'POST' })))
    expect(forms.find(({ status }) => status === 429)?.body).toContain('Demasiados intentos')
    expect((await here.site.ask('/es/login')).status).toBe(200)
  })

  it(
    'comes back after a reboot, as it was',
    async () => {
      const before = await here.site.serving()
      await here.site.machine.reboot()
      await until('the site answers', here.answers, 300_000)
      expect(await here.site.serving()).toEqual(before)
      await until(
        'all of it is up',
        async () => (await here.site.plan({ release: before.release })).length === 0,
        300_000,
      )
    },
    longMs,
  )

  it(
    'is mended where somebody has laid hands on it',
    async () => {
      const { slot, release } = await here.site.serving()
      await here.site.machine.must(['systemctl', 'stop', `bookstore-sales@${slot}-1.service`])
      await here.site.machine.must(['sh', '-c', 'echo "# mine" >>/etc/bookstore/nginx/nginx.conf'])
      await here.site.machine.must([
        'sh',
        '-c',
        'echo "max_connections = 9" >>/etc/postgresql/15/bookstore/conf.d/bookstore.conf',
      ])
      const steps = (await here.site.plan({ release })).map(({ address }) => address)
      expect(steps).toEqual(['host.postgres-cluster/bookstore', 'host.nginx-site/site', 'host.shop/active'])
      expect((await here.site.converge({ release })).last).toMatchObject({ type: 'result' })
      await here.isWhole()
    },
    longMs,
  )

  it(
    'shows a new certificate from the next handshake on, and loses no request over it',
    async () => {
      const { release } = await here.site.serving()
      const before = (await here.site.ask('/es/')).fingerprint
      const shoppers = here.load(4)
      await until('shoppers are there', () => shoppers.answered > 50, 120_000)
      const folder = `${places.certificates}/current`
      const name = ['-subj', `/CN=${domain}`, '-addext', `subjectAltName=DNS:${domain},DNS:www.${domain}`]
      const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
      const files = ['-keyout', `${folder}/key.pem`, '-out', `${folder}/fullchain.pem`]
      await here.site.machine.must(['mkdir', '-p', folder])
      await here.site.machine.must(['openssl', 'req', '-x509', '-days', '30', ...key, ...name, ...files])
      const { last } = await here.site.converge({ release })
      expect(last).toMatchObject({ type: 'result', data: { done: ['host.nginx-site/site'] } })
      expect((await here.site.ask('/es/')).fingerprint).not.toBe(before)
      const more = shoppers.answered + 50
      await until('shoppers go on', () => shoppers.answered > more, 120_000)
      expect((await shoppers.stop()).failures).toEqual({})
    },
    longMs,
  )

  it('never gets to see a configuration that NGINX refuses', async () => {
    const { release } = await here.site.serving()
    const folder = '/etc/bookstore/nginx'
    const before = await here.site.machine.must(['cat', `${folder}/nginx.conf`])
    // Included by the shop's own: as if a template were wrong.
    const file = '/etc/bookstore/slots/blue/nginx.conf'
    const good = await here.site.machine.must(['cat', file])
    await here.site.machine.must(['sh', '-c', `echo 'nonsense;' >>${file}`])
    await here.site.machine.must(['sh', '-c', `echo '# drift' >>${folder}/nginx.conf`])
    try {
      const { last } = await here.site.converge({ release })
      expect(last).toMatchObject({ type: 'error', code: 'nginx-config' })
      expect(last.message).toContain('unknown directive "nonsense"')
      expect(await here.site.machine.must(['cat', `${folder}/nginx.conf`])).toBe(`${before}# drift\n`)
      expect((await here.site.ask('/es/')).status).toBe(200)
    } finally {
      await here.site.machine.must(['tee', file], { input: good })
      await here.site.converge({ release })
    }
    await here.isWhole()
  })
})
