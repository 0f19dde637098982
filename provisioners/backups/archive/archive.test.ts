import { appendFile, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readArchive } from './reader.ts'
import { writeArchive } from './writer.ts'

const { signal } = new AbortController()
const big = Buffer.alloc(3 * 1024 * 1024, 'a page of a book. ')
const entries: Record<string, Buffer> = {
  'auth/public.users/000001.copy': Buffer.from('1\tana\\\\\t\\N\n'),
  'catalog/public.books/000001.copy': big,
  'covers/ab12.webp': Buffer.from([0, 255, 1, 254]),
  'manifest.json': Buffer.from('{}'),
}

let folder = ''
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bookstore-archive-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

async function write(name: string, content = entries): Promise<string> {
  const path = join(folder, name)
  const fill = async (writer: { add(name: string, content: Buffer): Promise<void> }) => {
    for (const [entry, bytes] of Object.entries(content)) await writer.add(entry, bytes)
  }
  await writeArchive(path, fill, async () => {}, signal)
  return path
}

async function read(path: string): Promise<Record<string, string>> {
  const found: Record<string, string> = {}
  const take = async ({ name, chunks }: { name: string; chunks: AsyncIterable<Buffer> }) => {
    const all: Buffer[] = []
    for await (const chunk of chunks) all.push(chunk)
    found[name] = Buffer.concat(all).toString('base64')
  }
  await readArchive(path, take, signal)
  return found
}

describe.each([
  ['a.tar', 37],
  ['a.tar.gz', 3],
])('%s', (name, stride) => {
  test('gives back what was put in, with its seal', async () => {
    const { 'seal.sha256': seal, ...found } = await read(await write(name))
    expect(Object.keys(found)).toEqual(Object.keys(entries))
    expect(Object.entries(entries).filter(([key, bytes]) => found[key] !== bytes.toString('base64'))).toEqual([])
    expect(Buffer.from(seal ?? '', 'base64').toString()).toMatch(/^[0-9a-f]{64}$/)
  })

  test('is the same file twice, for its owner only', async () => {
    const [one, other] = [await write(name), await write(`b${name}`)]
    expect((await readFile(one)).equals(await readFile(other))).toBe(true)
    expect((await stat(one)).mode & 0o777).toBe(0o600)
  })

  test('a flipped bit in any byte is refused', async () => {
    const small = { ...entries, 'catalog/public.books/000001.copy': Buffer.from('1\tQuijote\n') }
    const path = await write(name, small)
    const bytes = await readFile(path)
    const missed: unknown[] = []
    for (let at = 0; at < bytes.length; at += at < 16 ? 1 : stride) {
      const changed = Buffer.from(bytes)
      changed[at] = (changed[at] ?? 0) ^ (1 << (at % 8))
      await writeFile(path, changed)
      const error = await read(path).then(
        () => undefined,
        (thrown) => thrown,
      )
      if (error?.code !== 'backup-damaged') missed.push([at, error])
    }
    expect(missed).toEqual([])
  })

  test('cut anywhere, or with something behind it, it is refused', async () => {
    const path = await write(name)
    const bytes = await readFile(path)
    for (const share of [0, 0.001, 0.1, 0.5, 0.9, 0.999]) {
      await writeFile(path, bytes.subarray(0, Math.floor(bytes.length * share)))
      await expect(read(path), `${share}`).rejects.toMatchObject({ code: 'backup-damaged' })
    }
    await writeFile(path, bytes)
    await appendFile(path, 'x')
    await expect(read(path)).rejects.toMatchObject({ code: 'backup-damaged' })
  })

  test('a failure on the way leaves nothing', async () => {
    const failing = (writer: { add(name: string, content: Buffer): Promise<void> }) =>
      writer.add('a', big).then(() => Promise.reject(new Error('enough')))
    await expect(writeArchive(join(folder, name), failing, async () => {}, signal)).rejects.toThrow('enough')
    await expect(write(`no/such/${name}`)).rejects.toThrow()
    expect(await readdir(folder)).toEqual([])
  })
})

test('what never was an archive is refused', async () => {
  const path = join(folder, 'a.tar.gz')
  await writeFile(path, 'select 1;')
  await expect(read(path)).rejects.toMatchObject({ code: 'backup-damaged' })
  await expect(read(join(folder, 'nothing.tar'))).rejects.toMatchObject({ code: 'backup-missing' })
})
