import { stat } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../lab/box/until.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { Operator } from './operator.ts'
import { inventoryOf, longMs, succeed } from './support.ts'

const domain = 'split.test'

/** One shop on two machines, from two fresh ones to two empty ones: the steps of a life follow each other. */
describeLab('a shop on a web machine and a database machine', { sequential: true, shuffle: false }, () => {
  let lab: Lab
  let web: Machine
  let database: Machine
  let operator: Operator
  /** What is installed and what stands in /etc before we come, of each. */
  let before: readonly string[]

  const inventories = () => Promise.all([web, database].map((machine) => inventoryOf(machine)))

  const secret = async (machine: Machine, name: string) =>
    (await machine.must(['cat', `/var/lib/bookstore/secrets/${name}`])).trim()

  const sql = (text: string) =>
    database.must(['psql', '-qAtX', '-h', '/run/bookstore/postgres', '-U', 'postgres', '-c', text])

  /** A session from the web machine; what libpq says. */
  const session = async (user: string, password: string, settings: string) => {
    const where = `host=${database.address} dbname=${user} user=${user} connect_timeout=5 ${settings}`
    const { stdout, stderr } = await web.run([
      ...['env', `PGPASSWORD=${password}`, 'psql', '-qAtXw', where, '-c', 'select current_user'],
    ])
    return stdout + stderr
  }

  /** Of a page that asks the databases. */
  const answers = async () => {
    const argv = ['curl', '-sk', '-o', '/dev/null', '-w', '%{http_code}', '--resolve', `${domain}:443:127.0.0.1`]
    return (await web.run([...argv, `https://${domain}/api/catalog/books?limit=1`])).stdout
  }

  beforeAll(async () => {
    lab = await startLab({ machines: 2 })
    // Names first, so that the machines are told of them.
    const ssh = { privateKeyPath: join(lab.folder, 'key'), username: 'admin' }
    const entrances = [
      { address: `${lab.prefix}.21`, ssh, roles: ['web'] as const },
      { address: `${lab.prefix}.22`, ssh, roles: ['database'] as const },
    ]
    operator = await Operator.create(lab, entrances, domain)
    web = await lab.machine({ name: 'web', packages: 'prepared', user: 'admin' })
    database = await lab.machine({ name: 'database', packages: 'prepared', user: 'admin' })
    for (const machine of [web, database]) {
      await machine.must(['systemctl', 'disable', '--now', 'nginx.service', 'postgresql.service'])
    }
    before = await inventories()
  }, longMs)
  afterAll(async () => {
    await operator?.close()
    await lab?.close()
  }, longMs)

  it(
    'opens with one command: a journey that holds, names that lead to the web machine, each thing where it belongs',
    async () => {
      const { status, result } = await operator.json('plan', '--yes')
      const labels = (result.steps as { label: string }[]).map(({ label }) => label)
      expect({ status, labels }).toMatchObject({ status: 2 })
      expect(labels).toContain(`PostgreSQL (${database.address})`)
      expect(labels).toContain(`NGINX (${web.address})`)
      expect(labels).not.toContain(`PostgreSQL (${web.address})`)
      expect(labels).not.toContain(`NGINX (${database.address})`)

      const up = succeed(await operator.json('up', '--yes'))
      expect(up.result).toMatchObject({ url: `https://${domain}`, smoke: { ok: true } })
      const states = succeed(await operator.json('status')).result
      expect(states).toMatchObject({ state: 'running' })
      const names = (states.processes as { name: string }[]).map(({ name }) => name)
      expect(names).toEqual(expect.arrayContaining([`postgres (${database.address})`, `nginx (${web.address})`]))
      expect(succeed(await operator.json('cert', 'status')).result).toMatchObject({ holds: true, problems: [] })

      // What the services know in secret is nowhere but where it is kept.
      const word = await secret(database, 'database-catalog')
      expect(await secret(web, 'database-catalog')).toBe(word)
      expect(await web.must(['stat', '-c', '%a %U', '/var/lib/bookstore/secrets/database-catalog'])).toBe('600 root\n')
      const folders = ['/etc', '/opt/bookstore', '/var', '/run/bookstore']
      for (const machine of [web, database]) {
        const found = (await machine.run(['grep', '-rlI', '--', word, ...folders])).stdout
        expect(found).toBe('/var/lib/bookstore/secrets/database-catalog\n')
        expect(await machine.must(['sh', '-c', 'journalctl --no-pager | grep -c "$1" || true', 'sh', word])).toBe('0\n')
      }
      expect(`${up.text}${up.talk}`).not.toContain(word)
    },
    longMs,
  )

  it(
    'is left alone by a second run, which asks each machine three times, over one connection',
    async () => {
      expect((await operator.json('plan')).status).toBe(0)
      const since = (await web.must(['date', '+%s.%N'])).trim()
      expect(succeed(await operator.json('up')).result).toMatchObject({ changed: [], smoke: null })
      for (const machine of [web, database]) {
        const said = await machine.must(['journalctl', '--no-pager', `--since=@${since}`])
        expect(said.match(/Accepted publickey/g)).toHaveLength(1)
        expect(said.match(/ COMMAND=/g)).toHaveLength(3)
      }
    },
    longMs,
  )

  it('talks to its databases in TLS alone, as the services alone, and nobody else gets that far', async () => {
    const sessions = await sql(
      `select distinct ssl, version, host(client_addr) from pg_stat_ssl join pg_stat_activity using (pid)
        where client_addr is not null`,
    )
    expect(sessions).toBe(`t|TLSv1.3|${web.address}\n`)
    const word = await secret(web, 'database-catalog')
    const known = 'sslmode=verify-full sslrootcert=/etc/bookstore/database-authority.pem'
    expect(await session('catalog', word, known)).toBe('catalog\n')
    expect(await session('catalog', word, 'sslmode=disable')).toContain('no encryption')
    expect(
      await session('catalog', word, 'sslmode=verify-full sslrootcert=/etc/ssl/certs/ca-certificates.crt'),
    ).toContain('certificate verify failed')
    expect(await session('catalog', 'guess', known)).toContain('password authentication failed')
    expect(await session('postgres', word, known)).toContain('no pg_hba.conf entry')
    // This box is none of the shop's machines.
    const stranger = connect({ host: database.address, port: 5432, timeout: 1_500 })
    const met = await new Promise((resolve) => {
      for (const name of ['connect', 'timeout', 'error']) stranger.on(name, () => resolve(name))
    })
    stranger.destroy()
    expect(met).toBe('timeout')
  })

  it(
    'answers 503 without its databases, and goes on by itself once their machine was switched off and on',
    async () => {
      await database.must(['systemctl', 'stop', 'postgresql@*-bookstore.service'])
      expect(await answers()).toBe('503')
      await database.reboot()
      await until('the catalog answers', async () => (await answers()) === '200', { forMs: 60_000 })
      expect((await operator.json('plan')).status).toBe(0)
    },
    longMs,
  )

  it(
    'tells what either machine said, is entered by name, and hides for maintenance',
    async () => {
      const { text } = succeed(await operator.run('logs', '-n', '2000'))
      expect(text).toContain(`catalog-1@${web.address}`)
      expect(text).toContain(`postgres@${database.address}`)
      const entered = succeed(await operator.run('ssh', '--machine', database.address, 'hostname'))
      expect(entered.text.trim()).toBe('database')
      succeed(await operator.json('maintenance', 'on'))
      expect(await answers()).toBe('503')
      succeed(await operator.json('maintenance', 'off'))
      expect(await answers()).toBe('200')
      const { releases } = succeed(await operator.json('releases')).result
      expect(releases).toEqual([expect.objectContaining({ active: true })])
    },
    longMs,
  )

  it(
    'is deployed anew with another setting: the databases stay where they are',
    async () => {
      await operator.configure((configuration) => {
        configuration.shop = { name: 'Two machines' }
      })
      expect(succeed(await operator.json('deploy')).result).toMatchObject({ changed: true })
      expect(await web.must(['readlink', '/etc/bookstore/active'])).toBe('slots/green\n')
      expect(await answers()).toBe('200')
    },
    longMs,
  )

  it(
    'comes back from a backup when all data is lost, secrets included',
    async () => {
      const file = join(operator.folder, 'shop.tar.gz')
      const { result } = succeed(await operator.json('db', 'backup', '-o', file))
      expect(result.books).toBeGreaterThanOrEqual(349)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      // The nightly one, which is proven by a restore beside the shop.
      await web.must(['systemctl', 'start', 'bookstore-backup.service'])
      await database.must(['sh', '-c', 'pg_dropcluster --stop "$(ls /etc/postgresql)" bookstore'])
      await database.must(['rm', '-r', '/var/lib/bookstore/secrets', '/var/lib/bookstore/database'])
      succeed(await operator.json('up'))
      succeed(await operator.json('db', 'restore', file, '--yes'))
      expect(await sql('select count(*) from pg_database where datname like $$%restor%$$')).toBe('0\n')
      succeed(await operator.json('smoke'))
      expect((await operator.json('plan')).status).toBe(0)
    },
    longMs,
  )

  it(
    'goes without a trace on either machine',
    async () => {
      expect(succeed(await operator.json('down', '--yes')).result).toMatchObject({ leftovers: [] })
      expect(await inventories()).toEqual(before)
    },
    longMs,
  )
})
