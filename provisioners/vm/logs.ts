import { BookstoreError, exit } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import { machine } from '../host/layout.ts'
import { parseLogLine } from '../local/log-lines.ts'
import { services } from '../shop/services.ts'
import type { MachineSettings, Site } from '../site.ts'
import type { Connection } from '../ssh/connection.ts'
import type { Operator } from '../targets/operator.ts'
import type { LogLine, LogRequest } from '../targets/target.ts'
import { withConnections } from './enter.ts'

/** Where the lines of a request are found: units of the journal, and NGINX's list of requests. */
interface Sources {
  units: readonly string[]
  /** Tags of containers. */
  containers: readonly string[]
  requests: boolean
}

/** The logs of all machines, merged by time; with `follow` as they come. */
export async function followLogs(
  site: Site,
  operator: Operator,
  request: LogRequest,
  ctx: Context,
  onLine: (line: LogLine) => void,
): Promise<void> {
  const sources = sourcesOf(request.process)
  const machines = site.vm?.machines ?? []
  const lines: LogLine[] = []
  const take = request.follow ? onLine : (line: LogLine) => void lines.push(line)
  await withConnections(site, machines, operator, ctx, async (connections) => {
    const reads = connections.map((connection, at) => {
      const { host, roles } = machines[at] as MachineSettings
      const onMachine = (line: LogLine) =>
        take(machines.length > 1 ? { ...line, process: `${line.process}@${host}` } : line)
      const there = { ...sources, requests: sources.requests && roles.includes('web') }
      return readMachine(connection, there, request, ctx, onMachine)
    })
    await Promise.all(reads)
  })
  for (const line of lines.toSorted((a, b) => a.time - b.time).slice(-request.count)) onLine(line)
}

async function readMachine(
  connection: Connection,
  { units, containers, requests }: Sources,
  { count, follow }: LogRequest,
  { signal }: Context,
  onLine: (line: LogLine) => void,
): Promise<void> {
  const journal = ['journalctl', '--output=json', '--no-pager', '--quiet', `--lines=${count}`]
  const readJournal = (matches: readonly string[]) =>
    matches.length > 0 &&
    connection.run([...journal, ...(follow ? ['--follow'] : []), ...matches], {
      signal,
      accept: [0, 1],
      onLine: (text) => {
        const line = journalLine(text)
        if (line) onLine(line)
      },
    })
  const reads = [
    readJournal(units.map((unit) => `--unit=${unit}`)),
    readJournal(containers.map((tag) => `CONTAINER_TAG=${tag}`)),
    requests &&
      connection.run(['tail', `--lines=${count}`, ...(follow ? ['-F'] : []), `${machine.logs}/requests.log`], {
        signal,
        accept: [0, 1],
        onLine: (text) => onLine(parseLogLine(text, 'requests', 0)),
      }),
  ]
  await Promise.all(reads.filter((read) => read !== false)).catch((error: unknown) => {
    // Ctrl-C is how following ends.
    if (!(follow && signal.aborted)) throw error
  })
}

/** @throws BookstoreError 'unknown-process' with status 64. */
export function sourcesOf(name: string | undefined): Sources {
  const of = (...units: string[]): Sources => ({ units, containers: [], requests: false })
  const nginx = 'bookstore-nginx.service'
  const postgres = 'postgresql@*-bookstore.service'
  // Where they are another machine's: its server of files.
  const covers = 'bookstore-nfs.service'
  if (name === undefined) {
    return {
      units: [...services.map((each) => `bookstore-${each.name}@*`), nginx, postgres, covers],
      containers: services.flatMap((each) => tagsOf(each.name)),
      requests: true,
    }
  }
  if (name === 'nginx') return of(nginx)
  if (name === 'postgres') return of(postgres)
  if (name === 'covers') return of(covers)
  if (name === 'agent') return of('bookstore-run.service')
  if (name === 'requests') return { units: [], containers: [], requests: true }
  const [, service, number] = /^([a-z]+)(?:-(\d+))?$/.exec(name) ?? []
  if (service !== undefined && services.some((each) => each.name === service)) {
    const units = [`bookstore-${service}@*${number ? `-${number}` : ''}.service`]
    return { units, containers: number ? [`bookstore-${service}-${number}`] : tagsOf(service), requests: false }
  }
  const names = [...services.map((each) => each.name), 'nginx', 'requests', 'postgres', 'covers', 'agent']
  throw new BookstoreError(`There is no log of a process called '${name}'.`, {
    code: 'unknown-process',
    fault: 'user',
    status: exit.usage,
    hint: `There are: ${names.join(', ')}.`,
  })
}

/** The journal finds a container by its whole tag; there are no more of a service (`instances` in the configuration). */
const tagsOf = (service: string) => Array.from({ length: 16 }, (_, at) => `bookstore-${service}-${at + 1}`)

/** One entry of the journal as `journalctl --output=json` writes it; undefined for what is none. */
export function journalLine(text: string): LogLine | undefined {
  try {
    const entry = JSON.parse(text) as Record<string, unknown>
    // Text that is not UTF-8 comes as an array of numbers.
    const message = typeof entry.MESSAGE === 'string' ? entry.MESSAGE : ''
    const time = Number(entry.__REALTIME_TIMESTAMP) / 1000
    return parseLogLine(message, processOf(entry), time)
  } catch {
    return undefined
  }
}

/** 'bookstore-catalog@blue-1.service' is 'catalog-1'. */
function processOf(entry: Record<string, unknown>): string {
  if (typeof entry.CONTAINER_TAG === 'string') return entry.CONTAINER_TAG.replace(/^bookstore-/, '')
  const unit = String(entry.UNIT ?? entry._SYSTEMD_UNIT ?? '')
  const [, service, number] = /^bookstore-([a-z]+)@(?:blue|green)-(\d+)\.service$/.exec(unit) ?? []
  if (service !== undefined) return `${service}-${number}`
  if (unit.startsWith('postgresql@')) return 'postgres'
  if (unit === 'bookstore-run.service') return 'agent'
  if (unit === 'bookstore-nfs.service') return 'covers'
  return unit.replace(/^bookstore-|\.service$/g, '')
}
