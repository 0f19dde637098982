import { afterAll, beforeAll, expect, it } from 'vitest'
import { Secret } from '../../provisioners/engine/secret.ts'
import { ensureDatabase } from '../../provisioners/local/postgres/database.ts'
import { readFacts } from '../../provisioners/local/postgres/facts.ts'
import { startCluster } from '../support/postgres.ts'

let cluster: Awaited<ReturnType<typeof startCluster>>
beforeAll(async () => {
  cluster = await startCluster()
}, 120_000)
afterAll(() => cluster?.stop())

const superuser = () => ({
  socket: cluster.socketFolder,
  user: 'postgres',
  password: new Secret(cluster.superuserPassword),
})

it('is made once by those who make it at the same time, as a run beside what a killed one has begun', async () => {
  const password = new Secret('one that both know')
  await Promise.all(Array.from({ length: 6 }, () => ensureDatabase(superuser(), 'catalog', password)))
  expect(await readFacts(cluster.socketFolder, 'catalog', password)).toMatchObject({ open: false })
})

it('is not there where the server has gone, or another password is known', async () => {
  await ensureDatabase(superuser(), 'auth', new Secret('right'))
  expect(await readFacts(cluster.socketFolder, 'auth', new Secret('wrong'))).toBeUndefined()
  expect(await readFacts(`${cluster.socketFolder}/gone`, 'auth', new Secret('right'))).toBeUndefined()
})
