import { spawn } from 'node:child_process'
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { systemClock } from './clock.ts'
import { BookstoreError } from './errors.ts'
import { takeLease, withLease } from './lease.ts'
import { identify } from './process-identity.ts'
import { ManualClock } from './testing/manual-clock.ts'

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'lease-')), 'lease')
})
afterEach(() => rm(join(folder, '..'), { recursive: true, force: true }))

const options = { verb: 'up', clock: systemClock }
const take = () => takeLease(folder, options)
const entry = async () => JSON.parse(await readFile(join(folder, (await readdir(folder)).sort().at(-1) ?? ''), 'utf8'))

/** Writes an owner's file by hand. */
async function owned(change: Record<string, unknown>, owner: object = {}) {
  await (await take()).release()
  const file = join(folder, '1.json')
  const before = JSON.parse(await readFile(file, 'utf8'))
  const after = { ...before, token: 'theirs', released: false, ...change, owner: { ...before.owner, ...owner } }
  await writeFile(file, JSON.stringify(after))
}

async function endedProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', '0'])
  await new Promise((resolve) => child.on('close', resolve))
  return child.pid ?? 0
}

describe('a lease that is held', () => {
  test('makes the next one busy, with who and since when', async () => {
    const lease = await take()
    const error = await take().catch((it: unknown) => it)
    expect(error).toBeInstanceOf(BookstoreError)
    expect(error).toMatchObject({
      code: 'busy',
      status: 75,
      message: expect.stringContaining(`process ${process.pid} on ${hostname()}, since `),
      details: { verb: 'up', pid: process.pid },
    })
    await lease.release()
  })

  test('is free after its release, which may come twice', async () => {
    const lease = await take()
    await lease.release()
    await lease.release()
    await (await take()).release()
    expect(await readdir(folder)).toEqual(['2.json'])
  })

  test('checks that it is still ours', async () => {
    const lease = await take()
    await lease.check()
    await writeFile(join(folder, '7.json'), JSON.stringify({ ...(await entry()), token: 'theirs' }))
    await expect(lease.check()).rejects.toMatchObject({ code: 'lease-lost' })
    await lease.release()
  })

  test('survives that its folder is removed', async () => {
    const lease = await take()
    await rm(folder, { recursive: true })
    await expect(lease.check()).rejects.toMatchObject({ code: 'lease-lost' })
    await lease.release()
    await expect(readdir(folder)).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('is renewed while work goes on', async () => {
    const clock = new ManualClock()
    const lease = await takeLease(folder, { verb: 'up', clock })
    const before = await entry()
    clock.advance(15_000)
    await expect.poll(async () => (await entry()).renewed).not.toBe(before.renewed)
    expect((await entry()).since).toBe(before.since)
    await lease.release()
  })
})

describe('an owner that is gone', () => {
  test('on this computer, is replaced at once', async () => {
    await owned({}, { pid: await endedProcess() })
    await (await take()).release()
  })

  test('whose process id another process has now, is replaced at once', async () => {
    await owned({}, { started: '1' })
    await (await take()).release()
  })

  test.skipIf(process.platform !== 'linux')(
    'whose parent has not noticed its end yet, is replaced at once',
    async () => {
      const parent = spawn('bash', ['-c', 'sleep 0.05 & echo $!; exec sleep 30'])
      try {
        const pid = Number(await new Promise((resolve) => parent.stdout.once('data', resolve)))
        await owned({}, await identify(pid))
        await expect
          .poll(() =>
            take().then(
              (lease) => lease.release().then(() => 'taken'),
              () => 'busy',
            ),
          )
          .toBe('taken')
        expect(await readFile(`/proc/${pid}/stat`, 'utf8')).toContain(') Z ')
      } finally {
        parent.kill()
      }
    },
  )

  test('before the last boot, is replaced at once', async () => {
    await owned({}, { boot: 'another' })
    await (await take()).release()
  })

  test.each([
    [59_000, false],
    [61_000, true],
  ])('on another computer, renewed %i ms ago: replaced %s', async (ago, replaced) => {
    await owned({ renewed: new Date(Date.now() - ago).toISOString() }, { host: 'elsewhere' })
    if (replaced) await (await take()).release()
    else await expect(take()).rejects.toMatchObject({ code: 'busy', message: expect.stringContaining('on elsewhere') })
  })

  test('whose file is damaged, is replaced', async () => {
    await owned({})
    await writeFile(join(folder, '1.json'), '')
    await (await take()).release()
  })
})

test('of many takers one wins, over an owner that died', async () => {
  for (let round = 0; round < 5; round++) {
    await rm(folder, { recursive: true, force: true })
    await owned({}, { started: '1' })
    const results = await Promise.allSettled(Array.from({ length: 20 }, take))
    const won = results.filter((it) => it.status === 'fulfilled')
    expect(won).toHaveLength(1)
    expect(results.filter((it) => it.status === 'rejected').every((it) => it.reason.code === 'busy')).toBe(true)
    await Promise.all(won.map((it) => it.value.release()))
  }
})

test('takers that come and go never hold it together', async () => {
  let holders = 0
  let turns = 0
  const worker = async () => {
    while (turns < 30) {
      await withLease(folder, options, async () => {
        expect(++holders).toBe(1)
        await new Promise((resolve) => setImmediate(resolve))
        holders--
        turns++
      }).catch((error: BookstoreError) => {
        if (error.code !== 'busy') throw error
      })
    }
  }
  await Promise.all(Array.from({ length: 8 }, worker))
  expect(turns).toBeGreaterThanOrEqual(30)
}, 20_000)

test('withLease releases when the work fails', async () => {
  await expect(withLease(folder, options, () => Promise.reject(new Error('no')))).rejects.toThrow('no')
  await (await take()).release()
})

test('a folder that cannot be made is a clear error', async () => {
  await writeFile(join(folder, '..', 'file'), '')
  await expect(takeLease(join(folder, '..', 'file', 'lease'), options)).rejects.toBeInstanceOf(BookstoreError)
})

test('a process is told by its start, not by its number alone', async () => {
  const identity = await identify(process.pid)
  expect(identity).toMatchObject({ pid: process.pid, host: hostname() })
  if (process.platform === 'linux') expect(identity.started).toMatch(/^\d+$/)
})
