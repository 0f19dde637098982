import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { startOf } from '../os-process.ts'
import { listenForRequests } from './control.ts'
import { forget } from './journal.ts'
import { rotate } from './logfile.ts'
import { endOrphans } from './orphans.ts'
import { Supervisor } from './supervisor.ts'

/**
 * `node supervisor.mjs <run folder> <log file>`: runs detached, with its output in the log, until it is told to
 * stop over `supervisor.sock`, gets SIGTERM, or finds its folder removed.
 */
const [run = '', log = ''] = process.argv.slice(2)
const files = { desired: join(run, 'desired.json'), journal: join(run, 'pids.json') }
const socket = join(run, 'supervisor.sock')

function report(event: string, facts: Record<string, unknown> = {}): void {
  const line = JSON.stringify({
    time: new Date().toISOString(),
    level: 'info',
    process: 'supervisor',
    msg: event,
    ...facts,
  })
  try {
    process.stdout.write(`${line}\n`)
  } catch {
    // A full disk: going on without a log beats leaving the processes alone.
  }
}

function revisionOfSelf(): string {
  return createHash('sha256')
    .update(readFileSync(fileURLToPath(import.meta.url)))
    .digest('hex')
    .slice(0, 16)
}

process.umask(0o077)
process.on('SIGHUP', () => {})

const found = await endOrphans(files.journal)
if (found.length > 0) report('ended what an earlier supervisor left', { processes: found })

const self = { pid: process.pid, start: startOf(process.pid) ?? '' }
const supervisor = new Supervisor(files, self, revisionOfSelf(), report)
const server = await listenForRequests(socket, async (request) => {
  const reply = await supervisor.handle(request)
  if (request.do === 'shutdown') setImmediate(() => leave('was told to stop'))
  return reply
})

let leaving = false
function leave(because: string): void {
  if (leaving) return
  leaving = true
  report('stopping', { because })
  void supervisor.stopAll().then(() => {
    forget(files.journal)
    server.close()
    forget(socket)
    report('stopped')
    process.exit(0)
  })
}

process.on('SIGTERM', () => leave('SIGTERM'))
process.on('SIGINT', () => leave('SIGINT'))
setInterval(() => {
  if (!supervisor.isReachable) leave('its folder is gone')
  supervisor.rotateLogs()
  rotate(log)
}, 2_000)

report('running', { pid: process.pid })
await supervisor.resume()
