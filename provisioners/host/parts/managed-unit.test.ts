import { mkdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { UnitState } from '../host.ts'
import { absent } from '../machine/units.ts'
import { TemporaryHost } from '../testing/temporary-host.ts'
import { unitChanges } from './managed-unit.ts'
import { digestInputs, recordStart, staleness } from './started.ts'
import { bringUp } from './unit.ts'

const active: UnitState = {
  ...absent,
  load: 'loaded',
  active: 'active',
  file: 'enabled',
  invocation: 'i1',
  since: 1_000,
}
const spec = {
  unit: 'a.service',
  content: 'text',
  dropIn: false,
  enabled: true,
  running: true,
  restartOn: [],
  reloadOn: [],
}
const fields = (unit: UnitState, more = {}) => {
  const changes = unitChanges(spec, { content: 'text', unit, stale: undefined, ...more })
  return changes.flatMap((change) => (change ? [`${change.field}: ${change.from}`] : []))
}

describe('what differs in a unit', () => {
  it('is nothing when it runs on its text of now', () => {
    expect(fields(active)).toEqual([])
    expect(fields({ ...active, file: 'static' })).toEqual([])
    expect(fields({ ...active, active: 'reloading' })).toEqual([])
  })

  it.each([
    ['it failed', { ...active, active: 'failed' }, {}, ['state: failed']],
    ['it is masked', { ...active, active: 'inactive', load: 'masked' }, {}, ['state: masked']],
    ['it does not start at boot', { ...active, file: 'disabled' }, {}, ['starts at boot: false']],
    ['systemd has an older text', { ...active, needsReload: true }, {}, ['known to systemd: an older text']],
    ['its files changed', active, { stale: 'reload' }, ['files: changed since it read them']],
    ['its text was edited', active, { content: 'tixt' }, ['content: differs from line 1 on']],
  ])('is said when %s', (_, unit, more, expected) => {
    expect(fields(unit, more)).toEqual(expected)
  })
})

describe('files that a unit read', () => {
  let host: TemporaryHost
  let file: string
  beforeEach(async () => {
    host = await TemporaryHost.make()
    file = join(host.folder, 'app.conf')
    await writeFile(file, 'one')
    await utimes(file, 0.5, 0.5)
  })
  afterEach(() => host.remove())

  const stale = (inputs = { restartOn: [file], reloadOn: [] as string[] }, unit = active) =>
    staleness(host, 'a.service', unit, inputs)

  it('have changed when they hold something else than at the start we made', async () => {
    await recordStart(host, 'a.service', {
      invocation: 'i1',
      ...(await digestInputs({ restartOn: [file], reloadOn: [] })),
    })
    expect(await stale()).toBeUndefined()
    // Later than the start, yet with the same content.
    await writeFile(file, 'one')
    expect(await stale()).toBeUndefined()
    await writeFile(file, 'two')
    expect(await stale()).toBe('restart')
  })

  it('have changed when they are younger than a start that we did not make', async () => {
    expect(await stale()).toBeUndefined()
    await writeFile(file, 'one')
    expect(await stale()).toBe('restart')
    expect(await stale({ restartOn: [], reloadOn: [file] })).toBe('reload')
  })

  it('make it restart, or reload, or do nothing', async () => {
    host.units.set('a.service', active)
    const systemctl = () => host.ran.splice(0).filter((line) => line.startsWith('systemctl'))
    await bringUp(host, 'a.service', { restartOn: [file], reloadOn: [] })
    expect(systemctl()).toEqual([])
    await writeFile(file, 'two')
    await bringUp(host, 'a.service', { restartOn: [file], reloadOn: [] })
    expect(systemctl()).toEqual(['systemctl restart -- a.service'])
    await bringUp(host, 'a.service', { restartOn: [file], reloadOn: [] })
    expect(systemctl()).toEqual([])
    await bringUp(host, 'a.service', { restartOn: [], reloadOn: [file] })
    expect(systemctl()).toEqual(['systemctl restart -- a.service'])
  })

  it('are told with the log of one that does not come up', async () => {
    host.units.set('a.service', { ...active, active: 'failed' })
    host.answer = ([program]) => (program === 'journalctl' ? { stdout: 'listening\nno such port\n' } : undefined)
    await expect(bringUp(host, 'a.service', { restartOn: [], reloadOn: [] })).rejects.toMatchObject({
      code: 'unit-failed',
      message: 'a.service does not run (failed). Its log ends with:\nlistening\nno such port',
    })
    expect(host.ran).toContain('systemctl reset-failed -- a.service')
  })

  it('do not matter to one that is masked', async () => {
    host.units.set('a.service', { ...active, load: 'masked', active: 'inactive' })
    await expect(bringUp(host, 'a.service', { restartOn: [], reloadOn: [] })).rejects.toMatchObject({
      code: 'unit-masked',
      hint: 'Allow it on the machine: systemctl unmask a.service',
    })
  })

  it('may be links, which stand for where they lead', async () => {
    await mkdir(join(host.folder, 'release'))
    const link = join(host.folder, 'release')
    const before = await digestInputs({ restartOn: [link], reloadOn: [] })
    expect(before).toEqual(await digestInputs({ restartOn: [link], reloadOn: [] }))
  })
})
