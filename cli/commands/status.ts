import { exit } from '../../provisioners/engine/errors.ts'
import type { ProcessReport, SiteStatus } from '../../provisioners/targets/target.ts'
import type { Verb } from '../verb.ts'

export const status: Verb = {
  name: 'status',
  summary: 'show what runs, since when, and under which address',
  async run(invocation) {
    const [{ targetOf }, { contextOf }] = await Promise.all([
      import('../../provisioners/targets/index.ts'),
      import('../frame/context.ts'),
    ])
    const found = await (await targetOf(await invocation.site(), invocation)).status(contextOf(invocation))
    const next = found.state === 'running' ? ['bookstore smoke', 'bookstore logs'] : ['bookstore up', 'bookstore logs']
    return { status: exit.done, result: { ...found }, text: statusText(found, invocation.clock.now()), next }
  },
}

/** The status as people read it: the address, a table of processes, and what it all stands on. */
export function statusText(
  { state, url, processes, certificate, versions, home, release, backup }: SiteStatus,
  now: Date,
): string {
  const known = Object.entries(versions).flatMap(([name, version]) => (version ? [`${name} ${version}`] : []))
  const facts = [
    ['certificate', certificate ? certificateText(certificate, now) : 'none yet'],
    ...(release === undefined ? [] : [['release', release]]),
    ...(backup === undefined
      ? []
      : [['backup', `of ${backup.at.slice(0, 16).replace('T', ' ')} UTC, ${backup.place}`]]),
    ['versions', known.join(', ')],
    ['home', home],
  ]
  const heading = ['process', 'state', 'pid', 'up for', 'restarts', 'memory']
  const listed = processes.length === 0 ? [] : [align([heading, ...processes.map(cellsOf)], [2, 3, 4, 5]), '']
  return [`${url} is ${state === 'running' ? 'open' : state}.`, '', ...listed, align(facts, [])].join('\n')
}

function cellsOf({ name, state, pid, uptimeMs, restarts, memory }: ProcessReport): string[] {
  return [name, state, String(pid ?? ''), uptime(uptimeMs), String(restarts), megabytes(memory)]
}

/** Columns as wide as their widest cell, two blanks apart. `right` names those that end together. */
function align(rows: readonly (readonly string[])[], right: readonly number[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)))
  const cell = (text: string, column: number) => {
    const width = widths[column] ?? 0
    return right.includes(column) ? text.padStart(width) : text.padEnd(width)
  }
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n')
}

function certificateText({ names, notAfter }: NonNullable<SiteStatus['certificate']>, now: Date): string {
  const days = Math.floor((Date.parse(notAfter) - now.getTime()) / 86_400_000)
  const date = notAfter.slice(0, 10)
  return `${names[0]}, ${days < 0 ? `expired on ${date}` : `${days} days left, until ${date}`}`
}

/** '12 s', '5 min', '3 h 10 min', '2 d 4 h'. */
export function uptime(ms: number | undefined): string {
  if (ms === undefined) return ''
  const seconds = Math.max(0, Math.floor(ms / 1000))
  if (seconds < 60) return `${seconds} s`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min`
  const hours = Math.floor(minutes / 60)
  return hours < 24 ? `${hours} h ${minutes % 60} min` : `${Math.floor(hours / 24)} d ${hours % 24} h`
}

function megabytes(bytes: number | undefined): string {
  return bytes ? `${Math.round(bytes / 1024 / 1024)} MB` : ''
}
