import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, closeSync, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { pid } from 'node:process'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startOf } from '../os-process.ts'
import { readJournal } from './journal.ts'
import { removeStaleLock } from './lock-file.ts'
import { rotate } from './logfile.ts'
import { orphansOf } from './orphans.ts'

let folder: string

beforeEach(async () => {
  folder = await mkdtemp('/tmp/supervisor-test-')
})

afterEach(() => rm(folder, { recursive: true }))

describe('a log that has grown too big', () => {
  it('is moved aside under its writer, and the oldest goes', () => {
    const file = join(folder, 'a.log')
    const writer = openSync(file, 'a')
    for (const round of [1, 2, 3, 4]) {
      writeSync(writer, `${round}`.repeat(100))
      expect(rotate(file, { bytes: 100, keep: 2 })).toBe(true)
    }
    writeSync(writer, 'now')
    closeSync(writer)
    expect(rotate(file, { bytes: 100, keep: 2 })).toBe(false)
    expect(readFileSync(file, 'utf8')).toBe('now')
    expect(readFileSync(`${file}.1`, 'utf8')).toBe('4'.repeat(100))
    expect(readFileSync(`${file}.2`, 'utf8')).toBe('3'.repeat(100))
    expect(existsSync(`${file}.3`)).toBe(false)
  })

  it('may be absent', () => {
    expect(rotate(join(folder, 'absent.log'))).toBe(false)
  })
})

describe('a lock file of PostgreSQL', () => {
  const lock = () => ({ file: join(folder, 'postmaster.pid'), folder })

  it('goes when its pid is nobody, or belongs to somebody else by now', () => {
    for (const stale of ['999999999', String(pid)]) {
      writeFileSync(lock().file, `${stale}\n/data\n`)
      removeStaleLock(lock())
      expect(existsSync(lock().file)).toBe(false)
    }
  })

  it('stays while its owner, or any other process of the cluster, lives', async () => {
    const server = spawn('sleep', ['60'], { cwd: folder })
    await once(server, 'spawn')
    for (const holder of [server.pid, 999999999]) {
      writeFileSync(lock().file, `${holder}\n`)
      removeStaleLock(lock())
      expect(existsSync(lock().file)).toBe(true)
    }
    server.kill('SIGKILL')
    await once(server, 'exit')
    removeStaleLock(lock())
    expect(existsSync(lock().file)).toBe(false)
  })
})

describe('the journal', () => {
  it('is empty when it is absent or torn', () => {
    const file = join(folder, 'pids.json')
    expect(readJournal(file)).toEqual({ supervisor: undefined, children: [] })
    appendFileSync(file, '{"supervisor":')
    expect(readJournal(file)).toEqual({ supervisor: undefined, children: [] })
  })

  it('never takes a process for ours that merely has the pid of one', () => {
    const child = {
      name: 'a',
      tier: 0,
      cwd: folder,
      stop: { signal: 'SIGTERM', graceMs: 1 } as const,
      pid,
      start: 'long ago',
    }
    expect(orphansOf({ supervisor: undefined, children: [child] })).toEqual([])
    const real = { ...child, start: startOf(pid) ?? '' }
    expect(orphansOf({ supervisor: undefined, children: [real] }).map((each) => each.pid)).toEqual([pid])
  })
})
