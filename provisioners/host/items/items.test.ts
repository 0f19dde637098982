import { readFileSync } from 'node:fs'
import { chmod, lstat, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { apply } from '../../engine/apply.ts'
import { plan, planDestroy } from '../../engine/plan.ts'
import type { FieldChange, Resource } from '../../engine/resource.ts'
import { Secret } from '../../engine/secret.ts'
import { itemAddress } from '../address.ts'
import { writeSecretFile } from '../machine/secrets.ts'
import { resourcesOf } from '../manifest.ts'
import { Originals } from '../parts/originals.ts'
import { TemporaryHost } from '../testing/temporary-host.ts'
import { userIn } from './user.ts'

let host: TemporaryHost
beforeEach(async () => {
  host = await TemporaryHost.make()
})
afterEach(() => host.remove())

/** Whoever runs the tests; only root can give files away. */
const { username, uid, gid } = userInfo()
const groups = readFileSync('/etc/group', 'utf8').split('\n')
const group = groups.map((line) => line.split(':')).find((fields) => fields[2] === String(gid))?.[0] ?? ''
const me = { owner: username, group }

function items(...all: { kind: string; name?: string; spec: unknown }[]): readonly Resource[] {
  const full = all.map(({ kind, name = 'it', spec }) => ({ kind, name, spec, label: name, dependsOn: [] }))
  return resourcesOf({ format: 1, stack: 'shop', items: full }, host)
}

/** What there was to do: fields that differ, or the action. */
async function converge(resources: readonly Resource[]): Promise<unknown[]> {
  const steps = await plan(resources, host.ctx)
  const { failed } = await apply(steps, resources, host.ctx)
  if (failed[0]) throw failed[0].error
  return steps.steps.flatMap(({ action, changes }): unknown[] => (changes.length > 0 ? [...changes] : [action]))
}

async function destroy(resources: readonly Resource[]): Promise<void> {
  await apply(await planDestroy(resources, host.ctx), resources, host.ctx)
}

describe('a file', () => {
  const file = (content: string, path = join(host.folder, 'shop.conf'), mode = '0640') =>
    items({ kind: 'file', spec: { path, content, mode, ...me } })

  it('is written once, and mended when somebody edited it', async () => {
    expect(await converge(file('a\nb\n'))).toEqual(['create'])
    expect(await converge(file('a\nb\n'))).toEqual([])
    const path = join(host.folder, 'shop.conf')
    await writeFile(path, 'a\nx\n')
    await chmod(path, 0o666)
    expect(await converge(file('a\nb\n'))).toEqual([
      { field: 'content', from: 'differs from line 2 on', to: 'as it should be' },
      { field: 'mode', from: '0666', to: '0640' },
    ])
    expect(await readFile(path, 'utf8')).toBe('a\nb\n')
    expect((await stat(path)).mode & 0o777).toBe(0o640)
  })

  it('gives way again to the one that was there before', async () => {
    const path = join(host.folder, 'theirs.conf')
    await writeFile(path, 'theirs', { mode: 0o604 })
    await converge(file('ours', path))
    await converge(file('ours, later', path))
    await destroy(file('ours', path))
    expect(await readFile(path, 'utf8')).toBe('theirs')
    expect((await stat(path)).mode & 0o777).toBe(0o604)
    // A second one finds nothing of ours.
    await destroy(file('ours', path))
    expect(await readFile(path, 'utf8')).toBe('theirs')
  })

  it('takes along the folders that it needed, when nobody else uses them', async () => {
    const path = join(host.folder, 'conf.d/deep/one.conf')
    await converge(file('one', path))
    await converge(file('two', join(host.folder, 'conf.d/two.conf')))
    await destroy(file('one', path))
    await expect(lstat(join(host.folder, 'conf.d/deep'))).rejects.toThrow('ENOENT')
    expect(await readFile(join(host.folder, 'conf.d/two.conf'), 'utf8')).toBe('two')
    await destroy(file('two', join(host.folder, 'conf.d/two.conf')))
    await expect(lstat(join(host.folder, 'conf.d'))).rejects.toThrow('ENOENT')
  })
})

describe('a folder', () => {
  const folder = (path: string) => items({ kind: 'directory', spec: { path, mode: '0710', ...me } })

  it('gets its mode, and goes when it is empty', async () => {
    const path = join(host.folder, 'bookstore/covers')
    expect(await converge(folder(path))).toEqual(['create'])
    await chmod(path, 0o700)
    expect(await converge(folder(path))).toEqual([{ field: 'mode', from: '0700', to: '0710' }])
    await writeFile(join(path, 'cover'), '')
    await destroy(folder(path))
    expect(await lstat(path)).toBeDefined()
  })

  it('of somebody else stays, empty or not', async () => {
    const path = join(host.folder, 'theirs')
    await mkdir(path)
    await converge(folder(path))
    await destroy(folder(path))
    expect(await lstat(path)).toBeDefined()
  })
})

describe.runIf(uid === 0)('a secret', () => {
  const resources = () =>
    items(
      { kind: 'secret', spec: { name: 'cart-key' } },
      { kind: 'credential', spec: { path: join(host.folder, 'bookstore-credential'), secret: 'cart-key', ...me } },
    )

  it('is made once', async () => {
    const [secret] = resources()
    await converge(secret ? [secret] : [])
    const first = await readFile(join(host.secrets, 'cart-key'), 'utf8')
    expect(first).toMatch(/^[0-9a-f]{64}\n$/)
    expect(await converge(secret ? [secret] : [])).toEqual([])
    expect(await readFile(join(host.secrets, 'cart-key'), 'utf8')).toBe(first)
  })

  it('is written for who needs it, and shown to nobody', async () => {
    await writeSecretFile(host.secrets, 'cart-key', new Secret('SENTINEL-ONE'))
    await converge(resources())
    const path = join(host.folder, 'bookstore-credential')
    expect(await readFile(path, 'utf8')).toBe('SENTINEL-ONE')
    expect((await stat(path)).mode & 0o777).toBe(0o600)
    await writeSecretFile(host.secrets, 'cart-key', new Secret('SENTINEL-TWO'))
    const changes = (await converge(resources())) as FieldChange[]
    expect(changes).toEqual([{ field: 'content', from: 'differs from line 1 on', to: 'as it should be' }])
    expect(JSON.stringify(host.events)).not.toContain('SENTINEL')
  })

  it('that is not there yet is no reason not to make a plan', async () => {
    await writeFile(join(host.folder, 'bookstore-credential'), 'old', { mode: 0o600 })
    const steps = await plan(resources(), host.ctx)
    expect(steps.steps.map(({ action }) => action)).toEqual(['update', 'create'])
  })
})

describe('a user', () => {
  const passwd = 'root:x:0:0:root:/root:/bin/bash\nshop:x:990:990:made by bookstore:/var/lib/shop:/usr/sbin/nologin\n'

  it('is read with its groups, and known as ours by its mark', () => {
    expect(userIn('shop', passwd, 'shop:x:990:\nadm:x:4:root,shop\nssl:x:5:shop\n')).toEqual({
      home: '/var/lib/shop',
      shell: '/usr/sbin/nologin',
      groups: ['adm', 'ssl'],
      ours: true,
    })
    expect(userIn('root', passwd, '')).toMatchObject({ ours: false })
    expect(userIn('roo', passwd, '')).toBeUndefined()
  })
})

describe('a manifest', () => {
  it('is refused with the item and the field that are wrong', () => {
    expect(() => items({ kind: 'file', name: 'hosts', spec: { path: 'relative', content: '' } })).toThrow(
      /file\/hosts.*path/s,
    )
    expect(() => items({ kind: 'teapot', spec: {} })).toThrow(/teapot/)
  })

  it('addresses what depends on it', () => {
    expect(itemAddress('file', 'hosts')).toBe('host.file/hosts')
  })
})

it('remembers what was there once, however often it is asked', async () => {
  const originals = new Originals(host.memory)
  const path = join(host.folder, 'a')
  await originals.remember(path)
  await writeFile(path, 'ours')
  await originals.remember(path)
  await originals.restore(path)
  await expect(lstat(path)).rejects.toThrow('ENOENT')
})
