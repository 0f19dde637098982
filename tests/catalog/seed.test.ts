import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, inject, it } from 'vitest'
import { createDatabase, repositoryRoot, type TestDatabase } from '../support/postgres.ts'
import { conservation, withDatabase } from './support.ts'

let credentials: string

beforeAll(async () => {
  credentials = await mkdtemp(join(tmpdir(), 'bookstore-seed-'))
})
afterAll(() => rm(credentials, { recursive: true, force: true }))

async function command(database: TestDatabase, name: string, shop: object): Promise<void> {
  const folder = join(credentials, database.role)
  await mkdir(folder, { recursive: true })
  await writeFile(join(folder, 'database-password'), database.password)
  const env = {
    PATH: process.env.PATH ?? '',
    CREDENTIALS_DIRECTORY: folder,
    BOOKSTORE_DATABASE_URL: database.url,
    BOOKSTORE_CURRENCY: 'EUR',
    BOOKSTORE_SHOP: JSON.stringify({ name: 'La Casa', languages: ['en', 'es'], catalogue: 'classics', ...shop }),
  }
  const child = spawn(process.execPath, [join(repositoryRoot, 'dist/services/catalog.mjs'), name], {
    env,
    stdio: 'ignore',
  })
  expect(await new Promise((resolve) => child.once('exit', resolve))).toBe(0)
}

const books = (database: TestDatabase) =>
  withDatabase(database, async (client) => {
    const { rows } = await client.query(
      'select id, title, description, seller_id, seller_name, currency from books order by created_at desc',
    )
    expect((await client.query(conservation)).rows).toEqual([])
    return rows
  })

it('fills the shelves once, the same everywhere, however many do it at once', async () => {
  const [first, second] = [
    await createDatabase(inject('cluster'), 'seed'),
    await createDatabase(inject('cluster'), 'seed'),
  ]
  for (const database of [first, second]) await command(database, 'migrate', {})
  await Promise.all([
    command(first, 'seed', {}),
    command(first, 'seed', {}),
    command(second, 'seed', { languages: ['es'] }),
  ])
  await command(first, 'seed', { name: 'Otro nombre' })
  const [here, there] = [await books(first), await books(second)]
  expect(here.length).toBeGreaterThanOrEqual(200)
  expect(there.map((book) => book.id)).toEqual(here.map((book) => book.id))
  expect(here[0]).toMatchObject({
    seller_id: '00000000-0000-4000-8000-000000000001',
    seller_name: 'La Casa',
    currency: 'EUR',
  })
  expect(here[0].description).not.toBe(there[0].description)
})

it('leaves the shelves of a shop that wants them so empty', async () => {
  const database = await createDatabase(inject('cluster'), 'seed')
  await command(database, 'migrate', {})
  await command(database, 'seed', { catalogue: 'empty' })
  expect(await books(database)).toEqual([])
})
