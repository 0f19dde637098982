import { spawn } from 'node:child_process'
import { readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createStack, type Stack } from '../support/cli.ts'
import { repositoryRoot } from '../support/postgres.ts'
import { deliveryProvider, newShopper, order, pay, type Shopper, sell } from '../support/shopper.ts'

let stack: Stack
let file: string
let buyer: Shopper
let orderId: string

beforeAll(async () => {
  stack = await createStack({ shop: { catalogue: 'empty' } })
  const up = await stack.run(['up', '--json'])
  expect(up.result, up.stderr).toMatchObject({ ok: true })
  const seller = await newShopper(stack)
  buyer = await newShopper(stack)
  const bookId = await sell(stack, seller, 3)
  orderId = (await order(stack, buyer, bookId, await deliveryProvider(stack), 'one')).body.id
  expect(await pay(stack, buyer, orderId, 'pay')).toMatchObject({ status: 200 })
  file = join(stack.folder, 'shop.tar.gz')
  const backup = await stack.run(['db', 'backup', '--output', 'shop.tar.gz', '--json'])
  expect(backup.result, backup.stderr).toMatchObject({ ok: true, file, orders: 2 })
})
afterAll(() => stack.close())

const logIn = (site: Stack, { email, password }: Shopper) =>
  site.request('POST', '/api/auth/login', { body: { email, password } })

/** The shop is whole and has just what the backup has. */
async function expectRestored(site: Stack, stranger?: Shopper): Promise<void> {
  const { status, body } = await logIn(site, buyer)
  expect(status).toBe(200)
  const headers = { authorization: `Bearer ${body.accessToken}` }
  const found = await site.request('GET', `/api/sales/orders/${orderId}`, { headers })
  expect(found).toMatchObject({ status: 200, body: { status: 'paid' } })
  expect((await site.request('GET', '/api/catalog/books')).body.items).toMatchObject([{ stock: 2 }])
  if (stranger) expect((await logIn(site, stranger)).status).toBe(401)
  const smoke = await site.run(['smoke', '--json'])
  expect(smoke.status, smoke.stdout).toBe(0)
}

describe('a restore', () => {
  test('brings the shop back to the backup, and what came after is gone', async () => {
    const late = await newShopper(stack)
    const restore = await stack.run(['db', 'restore', file, '--yes', '--json'])
    expect(restore.result, restore.stderr).toMatchObject({ ok: true })
    await expectRestored(stack, late)
    const plan = await stack.run(['plan', '--json'])
    const steps = plan.result.steps.map(({ address }: { address: string }) => address)
    expect(steps.filter((address: string) => /auth|catalog|sales|payments|postgres/.test(address))).toEqual([])
  })

  test('asks first', async () => {
    const restore = await stack.run(['db', 'restore', file])
    expect(restore.status).toBe(1)
    expect(restore.stderr).toMatch(/--yes/)
  })

  test('moves the shop to another stack, whose secrets are its own', async () => {
    const other = await createStack({ name: 'other', shop: { catalogue: 'empty' } })
    try {
      expect((await other.run(['up', '--json'])).result).toMatchObject({ ok: true })
      const restore = await other.run(['db', 'restore', file, '--yes', '--json'])
      expect(restore.result, restore.stderr).toMatchObject({ ok: true })
      await expectRestored(other)
    } finally {
      await other.close()
    }
  })

  test('killed at any time, it is finished by the next one', async () => {
    const late = await newShopper(stack)
    for (const ms of [500, 1_200, 2_200]) {
      const child = spawn(
        process.execPath,
        [join(repositoryRoot, 'dist/cli/main.mjs'), 'db', 'restore', file, '--yes'],
        {
          cwd: stack.folder,
          stdio: 'ignore',
        },
      )
      const ended = new Promise((resolve) => child.once('exit', resolve))
      await sleep(ms)
      child.kill('SIGKILL')
      await ended
    }
    const restore = await stack.run(['db', 'restore', file, '--yes', '--json'])
    expect(restore.result, restore.stderr).toMatchObject({ ok: true })
    await expectRestored(stack, late)
  })
})

describe('the shell', () => {
  const shell = (input: string, ...words: string[]) => stack.run(['db', 'shell', ...words], { input })

  test.each([[[]], [['--built-in']]])('reads SQL, and changes nothing unless told to (%j)', async (words) => {
    const read = await shell("select 'stock ' || stock as left from books;", ...words)
    expect(read).toMatchObject({ status: 0 })
    expect(read.stdout).toMatch(/stock 2/)
    const refused = await shell("update books set title = 'mine'; select 'went on';", 'catalog', ...words)
    expect(refused.status).toBe(1)
    expect(refused.stderr).toMatch(/read-only\s+transaction/)
    expect(refused.stdout).not.toMatch(/went on/)
    const written = await shell("update books set title = 'written'", 'catalog', '--write', ...words)
    expect(written.status, written.stderr).toBe(0)
    expect((await readdir(tmpdir())).filter((name) => name.startsWith('bookstore-psql-'))).toEqual([])
  })

  test('names the services there are', async () => {
    const { status, stderr } = await shell('', 'catalogue')
    expect(status).toBe(64)
    expect(stderr).toMatch(/Did you mean catalog\?/)
  })
})

test('a shop that does not run says how to start it', async () => {
  const idle = await createStack()
  for (const words of [['backup'], ['restore', file, '--yes'], ['shell']]) {
    const { status, result } = await idle.run(['db', ...words, '--json'])
    expect(status).toBe(1)
    expect(result.error).toMatchObject({ code: 'not-running' })
  }
  await idle.close()
})
