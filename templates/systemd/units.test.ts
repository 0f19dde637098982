import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { nfsMountUnit } from './mount-unit.ts'
import { nfsUnit } from './nfs-unit.ts'
import { nginxUnit } from './nginx-unit.ts'
import { commandUnit, type ServiceUnit, serviceUnit, type UnitFile } from './service-unit.ts'

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
const files = {
  export: nfsUnit({
    configuration: '/etc/bookstore/nfs.conf',
    state: 'bookstore/nfs',
    path: '/var/lib/bookstore/covers',
  }),
  mount: nfsMountUnit({ server: '10.0.0.7', path: '/covers', at: '/var/lib/bookstore/covers' }),
}

it('is what it was', () => {
  expect(units.service.text).toMatchSnapshot()
  expect(units.command.text).toMatchSnapshot()
  expect(units.nginx.text).toMatchSnapshot()
  expect(files.export.text).toMatchSnapshot()
  expect(files.mount.text).toMatchSnapshot()
})

it('brackets an address of six', () => {
  expect(nfsMountUnit({ server: 'fd00::7', path: '/covers', at: '/mnt' }).text).toContain('What=[fd00::7]:/covers\n')
})

it.each(Object.entries(files))('%s: systemd finds no fault', async (_, unit) => {
  await inFolder(unit, async (folder) => expect(await complaintsAbout(folder, unit.name)).toEqual([]))
})

const analyze = async (folder: string, verb: readonly string[], name: string) => {
  const argv = [...verb, join(folder, 'etc/systemd/system', name)]
  const { stdout, stderr } = await promisify(execFile)('systemd-analyze', [...argv]).catch(
    (error: { stdout: string; stderr: string }) => error,
  )
  return stdout + stderr
}

it.each(Object.entries(units))('%s: systemd finds no fault, and little exposure', async (_, unit) => {
  await inFolder(unit, async (folder) => {
    expect(await complaintsAbout(folder, unit.name)).toEqual([])
    const verdict = await analyze(folder, ['security', '--offline=yes', '--no-pager'], unit.name)
    expect(Number(/exposure level for \S+: (\d+\.\d+)/.exec(verdict)?.[1]), verdict).toBeLessThanOrEqual(2)
  })
})

async function inFolder({ name, text }: UnitFile, work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp('/tmp/units-test-')
  try {
    await mkdir(join(folder, 'etc/systemd/system'), { recursive: true })
    await writeFile(join(folder, 'etc/systemd/system', name), text)
    await work(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** Programs of a machine are not here; whatever else it says is about the text. */
async function complaintsAbout(folder: string, name: string): Promise<readonly string[]> {
  const said = await analyze(folder, ['verify', '--man=no'], name)
  return said.split('\n').filter((line) => line.includes(name) && !/is not executable: No such file/.test(line))
}
