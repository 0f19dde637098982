import { afterAll, beforeAll, expect, it } from 'vitest'
import { itemAddress } from '../../provisioners/host/address.ts'
import { machine as places, shopUser } from '../../provisioners/host/layout.ts'
import type { Item, Manifest } from '../../provisioners/host/manifest.ts'
import { databases } from '../../provisioners/shop/secrets.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { until } from '../support/shop.ts'
import { SiteMachine } from './site-machine.ts'

/** A machine that is there for the databases alone. */
function databaseManifest(cluster: { connections?: number; onRemoval?: 'keep' | 'drop' } | undefined): Manifest {
  const items: Item[] = []
  const add = (kind: string, name: string, spec: unknown) => {
    const last = items.at(-1)
    const dependsOn = last ? [itemAddress(last.kind, last.name)] : []
    items.push({ kind, name, label: `${kind} ${name}`, dependsOn, spec })
  }
  add('user', shopUser, { name: shopUser, home: places.state })
  add('run-folders', 'run', { roles: ['database'] })
  for (const name of databases) add('secret', `database-${name}`, { name: `database-${name}` })
  if (cluster) {
    add('postgres-cluster', 'postgres', { connections: 40, ...cluster })
    for (const name of databases) add('postgres-database', name, { name })
  }
  return { format: 1, stack: 'test', items }
}

describeLab('PostgreSQL of a site', () => {
  let site: SiteMachine

  beforeAll(async () => {
    site = await SiteMachine.create()
  }, 900_000)
  afterAll(() => site?.close())

  const converge = (cluster: Parameters<typeof databaseManifest>[0] = {}) =>
    site.agent('converge', { manifest: databaseManifest(cluster) })
  const plan = async (cluster: Parameters<typeof databaseManifest>[0] = {}) =>
    (await site.agent('plan', { manifest: databaseManifest(cluster) })).last.data.plan.steps as { address: string }[]
  /** As the superuser; root needs no password. */
  const sql = (text: string, database = 'postgres') =>
    site.machine.must(['psql', '-qAtX', '-h', '/run/bookstore/postgres', '-U', 'postgres', '-d', database, '-c', text])

  it('is made, is finished after a kill, is mended, keeps its data, and goes with it only when told so', async () => {
    // Killed while it is being made: what is there then has no data yet, and is made anew.
    const killed = converge()
    const unfinished = async () =>
      (await site.machine.run(['test', '-d', '/var/lib/postgresql/15/bookstore'])).status === 0
    await until('pg_createcluster is at work', unfinished, 300_000)
    await site.machine.must(['systemctl', 'kill', '--signal=KILL', 'bookstore-run.service'])
    await killed.catch(() => undefined)
    expect((await converge()).last).toMatchObject({ type: 'result' })
    expect(await plan()).toEqual([])

    await sql('create table shelf (book text); insert into shelf values ($$Don Quijote$$)', 'catalog')
    const settings = await sql('select name, setting from pg_settings order by name')
    expect(settings).toMatch(/^data_checksums\|on$/m)
    expect(settings).toMatch(/^listen_addresses\|$/m)
    expect(settings).toMatch(/^max_connections\|53$/m)

    // Each service comes into its own database with its own password, and into no other.
    const password = (await site.machine.must(['cat', `${places.secrets}/database-catalog`])).trim()
    const as = (role: string, database: string, word: string) =>
      site.machine.run(
        [
          'env',
          `PGPASSWORD=${word}`,
          'psql',
          '-qAtXw',
          '-h',
          '/run/bookstore/postgres',
          '-U',
          role,
          '-d',
          database,
        ].concat(['-c', 'select 1']),
      )
    expect((await as('catalog', 'catalog', password)).stdout).toBe('1\n')
    expect((await as('catalog', 'catalog', 'guess')).status).not.toBe(0)
    expect((await as('catalog', 'sales', password)).stderr).toContain('no pg_hba.conf entry')
    const stranger = ['runuser', '-u', 'admin', '--', 'psql', '-h', '/run/bookstore/postgres', '-U', 'postgres']
    expect((await site.machine.run(stranger)).stderr).toContain('Permission denied')

    // Drift is seen and mended: a password, a right, a server that somebody stopped.
    await sql("alter role sales password 'mine now'; grant connect on database auth to public")
    expect((await plan()).map(({ address }) => address)).toEqual([
      'host.postgres-database/auth',
      'host.postgres-database/sales',
    ])
    await site.machine.must(['systemctl', 'stop', 'postgresql@15-bookstore'])
    expect((await converge()).last).toMatchObject({ type: 'result' })
    expect(await plan()).toEqual([])

    // A killed server comes back without us.
    const pid = (await sql("select pg_read_file('postmaster.pid')")).split('\n')[0] ?? ''
    await site.machine.must(['kill', '-KILL', pid])
    await until('it is back', async () => (await sql('select 1').catch(() => '')) === '1\n', 120_000)

    expect((await converge({ connections: 60 })).last).toMatchObject({ type: 'result' })
    expect(await sql('show max_connections')).toBe('73\n')

    // Taken away, the data stays, and a later one adopts it.
    const without = await site.agent('converge', { manifest: databaseManifest(undefined) })
    expect(without.last).toMatchObject({ type: 'result' })
    expect((await site.machine.run(['systemctl', 'is-active', 'postgresql@15-bookstore'])).stdout).toBe('inactive\n')
    expect((await converge()).last).toMatchObject({ type: 'result' })
    expect(await sql('select book from shelf', 'catalog')).toBe('Don Quijote\n')

    expect((await converge({ onRemoval: 'drop' })).last).toMatchObject({ type: 'result' })
    await site.agent('converge', { manifest: databaseManifest(undefined) })
    const clusters = await site.machine.must(['pg_lsclusters', '--no-header'])
    expect(clusters).not.toContain('bookstore')
    expect(clusters).toMatch(/^15 +main +5432 +online/m)
    expect((await site.machine.run(['ls', '/var/lib/postgresql/15'])).stdout).toBe('main\n')
  }, 900_000)
})
