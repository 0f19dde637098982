import type { LogLine } from '../targets/target.ts'

const levels: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'fatal',
}

/** PostgreSQL's `%m` prefix: '2026-11-24 04:23:41.123 UTC [123] user@db LOG:  text'. */
const postgresLine = /^(\d{4}-\d\d-\d\d) (\d\d:\d\d:\d\d\.\d{3}) UTC \[\d+\] (?:\S+@\S+ )?([A-Z]+\d?): {2}(.*)$/
/** NGINX's error log: '2026/11/24 04:23:41 [warn] 12#12: text'; local time. */
const nginxLine = /^(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d:\d\d) \[(\w+)\] (.*)$/

/** Reads a line of a service (JSON), of PostgreSQL or NGINX, or of anything else. */
export function parseLogLine(text: string, process: string, lastTime: number): LogLine {
  return jsonLine(text, process, lastTime) ?? serverLine(text, process) ?? plain(text, process, lastTime)
}

function plain(message: string, process: string, time: number): LogLine {
  return { time, process, level: '', message, fields: {} }
}

function jsonLine(text: string, process: string, lastTime: number): LogLine | undefined {
  if (!text.startsWith('{')) return undefined
  try {
    const { time, epoch, level, msg, process: name, status, ...fields } = JSON.parse(text) as Record<string, unknown>
    return {
      // NGINX's ISO time has no fraction; its `epoch`, in seconds, has.
      time: typeof epoch === 'number' ? epoch * 1000 : (timeOf(time) ?? lastTime),
      process: typeof name === 'string' ? name : process,
      level: typeof level === 'number' ? (levels[level] ?? String(level)) : String(level ?? ''),
      message: String(msg ?? requestOf({ ...fields, status })),
      fields: msg === undefined ? {} : { ...(status === undefined ? {} : { status }), ...fields },
    }
  } catch {
    return undefined
  }
}

/** A line of NGINX's access log as one sentence. */
function requestOf({ method, path, status, seconds, client }: Record<string, unknown>): string {
  return [status, method, path, seconds === undefined ? '' : `${Math.round(Number(seconds) * 1000)} ms`, client]
    .filter(Boolean)
    .join(' ')
}

function timeOf(value: unknown): number | undefined {
  const time = typeof value === 'number' ? value : Date.parse(String(value))
  return Number.isNaN(time) ? undefined : time
}

function serverLine(text: string, process: string): LogLine | undefined {
  const postgres = postgresLine.exec(text)
  if (postgres) {
    const [, date, time, level = '', message = ''] = postgres
    return { time: Date.parse(`${date}T${time}Z`), process, level: level.toLowerCase(), message, fields: {} }
  }
  const nginx = nginxLine.exec(text)
  if (!nginx) return undefined
  const [, year, month, day, time, level = '', message = ''] = nginx
  return { time: Date.parse(`${year}-${month}-${day}T${time}`), process, level, message, fields: {} }
}

/** '04:23:41.123 catalog-1   info  listening port=1': local time, names aligned, no colour. */
export function formatLogLine({ time, process, level, message, fields }: LogLine, nameWidth: number): string {
  const at = new Date(time)
  const clock = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) => String(part).padStart(2, '0')).join(':')
  const millis = String(at.getMilliseconds()).padStart(3, '0')
  const rest = Object.entries(fields).map(([name, value]) => `${name}=${show(value)}`)
  const parts = [`${clock}.${millis}`, process.padEnd(nameWidth), level.padEnd(5), message, ...rest]
  return harmless(parts.join(' ').trimEnd())
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /[\s=]/.test(text) && typeof value === 'string' ? JSON.stringify(text) : text
}

/** Log text comes from outside; its control characters must not reach a terminal. */
function harmless(text: string): string {
  return text.replace(/\p{Cc}/gu, (sign) => JSON.stringify(sign).slice(1, -1).replace(sign, '\ufffd'))
}
