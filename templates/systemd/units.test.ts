import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { nginxUnit } from './nginx-unit.ts'
import { commandUnit, type ServiceUnit, serviceUnit } from './service-unit.ts'

const service: ServiceUnit = {
  service: 'catalog',
  user: 'bookstore',
  slots: '/opt/bookstore/slots',
  environments: '/etc/bookstore/environments/catalog',
  workers: '/etc/bookstore/active/workers',
  credentials: { 'database-password': '/var/lib/bookstore/secrets/database-catalog' },
  writable: ['/run/bookstore/blue', '/var/lib/bookstore/covers'],
  heapMb: 96,
  databaseAddress: undefined,
  mounts: [],
}
const units = {
  service: serviceUnit(service),
  'service with its database elsewhere': serviceUnit({ ...service, databaseAddress: '192.0.2.7' }),
  command: commandUnit(service, 'migrate'),
  nginx: nginxUnit({
    user: 'bookstore-nginx',
    socketGroup: 'bookstore',
    argv: ['/usr/sbin/nginx', '-e', 'stderr', '-c', '/etc/bookstore/nginx/nginx.conf'],
    writable: ['/run/bookstore/upstreams'],
    sockets: ['/run/bookstore/upstreams'],
  }),
}

it('is what it was', () => {
  expect(units.service.text).toMatchSnapshot()
  expect(units.command.text).toMatchSnapshot()
  expect(units.nginx.text).toMatchSnapshot()
})

const analyze = async (folder: string, verb: readonly string[], name: string) => {
  const argv = [...verb, join(folder, 'etc/systemd/system', name)]
  const { stdout, stderr } = await promisify(execFile)('systemd-analyze', [...argv]).catch(
    (error: { stdout: string; stderr: string }) => error,
  )
  return stdout + stderr
}

it.each(Object.entries(units))('%s: systemd finds no fault, and little exposure', async (_, { name, text }) => {
  const folder = await mkdtemp('/tmp/units-test-')
  try {
    await mkdir(join(folder, 'etc/systemd/system'), { recursive: true })
    await writeFile(join(folder, 'etc/systemd/system', name), text)
    // Programs of a machine are not here; whatever else it says is about the text.
    const complaints = (await analyze(folder, ['verify', '--man=no'], name))
      .split('\n')
      .filter((line) => line.includes(name) && !/is not executable: No such file/.test(line))
    expect(complaints).toEqual([])
    const verdict = await analyze(folder, ['security', '--offline=yes', '--no-pager'], name)
    expect(Number(/exposure level for \S+: (\d+\.\d+)/.exec(verdict)?.[1]), verdict).toBeLessThanOrEqual(2)
  } finally {
    await rm(folder, { recursive: true })
  }
})
