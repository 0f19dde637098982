import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { writeFileAtomic } from './files.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'files-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

test('replaces the content and the mode, and leaves no sibling', async () => {
  const path = join(folder, 'key.pem')
  await writeFile(path, 'old', { mode: 0o644 })
  await writeFileAtomic(path, 'new', 0o600)
  expect(await readFile(path, 'utf8')).toBe('new')
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  expect(await readdir(folder)).toEqual(['key.pem'])
})

test('the mode does not depend on the umask', async () => {
  const before = process.umask(0o077)
  try {
    await writeFileAtomic(join(folder, 'a'), 'x', 0o644)
  } finally {
    process.umask(before)
  }
  expect((await stat(join(folder, 'a'))).mode & 0o777).toBe(0o644)
})

test('many writers at once: the file is always whole', async () => {
  const path = join(folder, 'a')
  const texts = Array.from({ length: 10 }, (_, at) => String(at).repeat(5_000))
  await Promise.all(texts.map((text) => writeFileAtomic(path, text)))
  expect(texts).toContain(await readFile(path, 'utf8'))
})

test('a failure leaves the old file and says what to do', async () => {
  const path = join(folder, 'taken')
  await mkdir(join(path, 'inside'), { recursive: true })
  await expect(writeFileAtomic(path, 'x')).rejects.toMatchObject({ message: expect.stringContaining(`riting ${path}`) })
  expect(await readdir(folder)).toEqual(['taken'])
})

test('a folder without permission is a clear error', async () => {
  await chmod(folder, 0o500)
  // Root may write everywhere, so it becomes nobody for as long as it tries.
  const root = process.geteuid?.() === 0
  if (root) process.seteuid?.(65534)
  try {
    await expect(writeFileAtomic(join(folder, 'a'), 'x')).rejects.toMatchObject({ code: 'not-permitted' })
  } finally {
    if (root) process.seteuid?.(0)
    await chmod(folder, 0o700)
  }
})
