import { readdir, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeLab } from '../lab/describe-lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { observatory } from './observatory.ts'
import type { Operator } from './operator.ts'
import { inventoryOf, longMs, openScene, type Scene, succeed } from './support.ts'
import { isAccepted, testssl } from './testssl.ts'

const domain = 'proyecto2.test'

/** One shop, from a fresh machine to an empty one: the steps of a life follow each other. */
describeLab('a shop on a machine', { sequential: true, shuffle: false }, () => {
  let scene: Scene
  let machine: Machine
  let operator: Operator
  /** What is installed and what stands in /etc before we come. */
  let before: string

  beforeAll(async () => {
    scene = await openScene(domain)
    machine = scene.machine
    operator = scene.operator
    before = await inventoryOf(machine)
  }, longMs)
  afterAll(() => scene?.close(), longMs)

  it('is not entered before somebody has vouched for its key', async () => {
    const { status, result } = await operator.json('plan')
    expect(status).not.toBe(0)
    expect(result.error?.message).toContain('SHA256:')
    await expect(stat(join(operator.folder, '.bookstore/known_hosts'))).rejects.toMatchObject({ code: 'ENOENT' })
  })

  it(
    'opens with one command, with a certificate for both names, and a journey that holds',
    async () => {
      const { result } = succeed(await operator.json('up', '--yes'))
      expect(result).toMatchObject({ url: `https://${domain}`, smoke: { ok: true } })
      const certificate = succeed(await operator.json('cert', 'status')).result
      expect(certificate).toMatchObject({ holds: true, problems: [] })
      expect([...(certificate.names as string[])].sort()).toEqual([domain, `www.${domain}`])
      expect(await readFile(join(operator.folder, '.bookstore/known_hosts'), 'utf8')).toContain(machine.address)
      const status = succeed(await operator.json('status')).result
      expect(status).toMatchObject({ state: 'running' })
    },
    longMs,
  )

  it(
    'satisfies those who look at it from outside: testssl.sh, and the HTTP Observatory',
    async () => {
      expect((await testssl(operator, domain)).filter((finding) => !isAccepted(finding))).toEqual([])
      const { grade, score, failed } = await observatory(operator, domain)
      expect(failed).toEqual([])
      expect(grade).toBe('A+')
      expect(score).toBeGreaterThanOrEqual(100)
    },
    longMs,
  )

  it(
    'has another certificate when it is asked for one, before it is due',
    async () => {
      const issued = succeed(await operator.json('cert', 'issue')).result
      expect(issued).toMatchObject({ renewed: true })
      expect([...(issued.names as string[])].sort()).toEqual([domain, `www.${domain}`])
      expect(succeed(await operator.json('cert', 'status')).result).toMatchObject({ holds: true })
    },
    longMs,
  )

  it(
    'is left alone by a second run',
    async () => {
      expect((await operator.json('plan')).status).toBe(0)
      expect(succeed(await operator.json('up')).result).toMatchObject({ changed: [], smoke: null })
    },
    longMs,
  )

  it(
    'is mended where somebody changed it: a file edited, a process stopped',
    async () => {
      await machine.must(['sh', '-c', 'echo "# edited" >>/etc/bookstore/nginx/nginx.conf'])
      await machine.must(['systemctl', 'stop', 'bookstore-nginx.service'])
      const plan = await operator.json('plan')
      expect(plan.status).toBe(2)
      expect(JSON.stringify(plan.result.steps)).toContain('NGINX')
      succeed(await operator.json('up'))
      expect((await operator.json('plan')).status).toBe(0)
    },
    longMs,
  )

  it(
    'hides behind a page for maintenance, and comes out again',
    async () => {
      succeed(await operator.json('maintenance', 'on'))
      const answer = ['curl', '-sk', '-o', '/dev/null', '-w', '%{http_code}', '--resolve', `${domain}:443:127.0.0.1`]
      expect(await machine.must([...answer, `https://${domain}/es/`])).toBe('503')
      succeed(await operator.json('maintenance', 'off'))
      expect(await machine.must([...answer, `https://${domain}/es/`])).toBe('200')
    },
    longMs,
  )

  it(
    'says what its processes said, and who serves',
    async () => {
      const { text } = succeed(await operator.run('logs', 'catalog', '-n', '5'))
      expect(text.trim().split('\n').length).toBeGreaterThan(0)
      expect(text).toContain('catalog-1')
      const { releases } = succeed(await operator.json('releases')).result
      expect(releases).toEqual([expect.objectContaining({ active: true })])
    },
    longMs,
  )

  it(
    'is backed up to the operator, and restored from there',
    async () => {
      const file = join(operator.folder, 'shop.tar.gz')
      const { result } = succeed(await operator.json('db', 'backup', '-o', file))
      // The journey's own book was withdrawn, and its row stays.
      expect(result.books).toBeGreaterThanOrEqual(349)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      succeed(await operator.json('db', 'restore', file, '--yes'))
      succeed(await operator.json('smoke'))
      expect(await machine.must(['systemctl', 'start', 'bookstore-backup.service'])).toBe('')
      const name = (await machine.must(['ls', '/var/lib/bookstore/backups'])).trim()
      expect(name).toMatch(/^bookstore-\d{8}-\d{6}\.tar\.gz$/)
      const { backup } = succeed(await operator.json('status')).result
      expect(backup).toMatchObject({ place: `${machine.address}:/var/lib/bookstore/backups/${name}` })
    },
    longMs,
  )

  it(
    'goes without a trace, and leaves a last backup with the operator',
    async () => {
      const { result } = succeed(await operator.json('down', '--yes'))
      expect(result).toMatchObject({ leftovers: [] })
      expect(await inventoryOf(machine)).toBe(before)
      const kept = await readdir(join(operator.folder, '.bookstore'))
      expect(kept.filter((name) => name.startsWith('last-backup-'))).toHaveLength(1)
    },
    longMs,
  )
})
