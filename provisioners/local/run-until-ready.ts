import { readFile } from 'node:fs/promises'
import { BookstoreError } from '../engine/errors.ts'
import type { Address, Context } from '../engine/resource.ts'
import { orDiskFull } from './disk.ts'
import type { LocalSite } from './local-site.ts'
import { ask, demand, statusOf } from './supervisor/client.ts'
import type { ProcessStatus } from './supervisor/protocol.ts'
import type { ProcessSpec } from './supervisor/spec.ts'

/** Longest that a process may take to become ready, in milliseconds. A recovery of PostgreSQL can be long. */
const patience = { postgres: 300_000, other: 60_000 }

/** Gives a process to the supervisor and waits until it is ready. Throws `process-not-ready` with what it logged last. */
export async function runUntilReady(
  local: LocalSite,
  spec: ProcessSpec,
  address: Address,
  ctx: Context,
): Promise<ProcessStatus> {
  const { name } = spec
  const socket = local.layout.supervisorSocket
  const timeoutMs = name === 'postgres' ? patience.postgres : patience.other
  await demand(socket, { do: 'put', spec }, ctx.signal)
  local.changed('processes')
  ctx.emit({ type: 'step-progress', address, message: `waiting until ${name} is ready` })
  const reply = await ask(socket, { do: 'await', name, timeoutMs }, ctx.signal)
  local.changed('processes')
  if (reply && !reply.ok) throw await orDiskFull(await notReady(spec, reply.message), local.layout.home)
  const status = (await statusOf(socket, ctx.signal))?.processes.find((each) => each.name === name)
  if (!status) throw await notReady(spec, 'the supervisor went away')
  return status
}

async function notReady({ name, log }: ProcessSpec, why: string): Promise<BookstoreError> {
  const said = await lastWords(log)
  return new BookstoreError(`${name} does not become ready: ${why}${said === '' ? '.' : `. It said last: ${said}`}`, {
    code: 'process-not-ready',
    fault: 'remote',
    hint: `See: bookstore logs ${name}`,
    details: { process: name },
  })
}

/** The last lines of a log that are worth repeating. */
async function lastWords(log: string): Promise<string> {
  const text = await readFile(log, 'utf8').catch(() => '')
  const lines = text.trimEnd().split('\n').slice(-4)
  return lines
    .map((line) => wordsOf(line))
    .filter(Boolean)
    .join(' / ')
    .slice(-500)
}

function wordsOf(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } }
    return [msg, err?.message].filter(Boolean).join(': ')
  } catch {
    return line.trim()
  }
}
