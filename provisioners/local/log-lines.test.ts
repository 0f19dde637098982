import { expect, it } from 'vitest'
import { formatLogLine, parseLogLine } from './log-lines.ts'

it('reads what the services write', () => {
  const line = '{"level":"warn","time":"2026-11-24T04:23:41.123Z","process":"catalog-1","requestId":"r1","msg":"slow"}'
  expect(parseLogLine(line, 'catalog-1', 0)).toEqual({
    time: Date.parse('2026-11-24T04:23:41.123Z'),
    process: 'catalog-1',
    level: 'warn',
    message: 'slow',
    fields: { requestId: 'r1' },
  })
})

it('reads levels and times that are numbers', () => {
  expect(parseLogLine('{"level":50,"time":1700000000000,"msg":"x"}', 'a', 0)).toMatchObject({
    level: 'error',
    time: 1.7e12,
  })
})

it('reads PostgreSQL and NGINX', () => {
  const postgres = '2026-11-24 04:23:41.123 UTC [77] catalog@catalog ERROR:  duplicate key'
  expect(parseLogLine(postgres, 'postgres', 0)).toMatchObject({ level: 'error', message: 'duplicate key' })
  const server = '2026-11-24 04:23:41.123 UTC [77] LOG:  starting'
  expect(parseLogLine(server, 'postgres', 0)).toMatchObject({ level: 'log', message: 'starting' })
  const nginx = '2026/11/24 04:23:41 [error] 12#12: *1 connect() failed'
  expect(parseLogLine(nginx, 'nginx', 0)).toMatchObject({ level: 'error', message: '12#12: *1 connect() failed' })
})

it('makes a sentence of a request', () => {
  const line =
    '{"time":"2026-11-24T04:23:41+00:00","process":"nginx","client":"127.0.0.1","method":"GET","path":"/","status":200,"seconds":0.012}'
  expect(parseLogLine(line, 'requests', 0).message).toBe('200 GET / 12 ms 127.0.0.1')
})

it('keeps lines that are nothing known, at the time of the one before', () => {
  expect(parseLogLine('    at main.ts:3', 'web-1', 42)).toMatchObject({ time: 42, message: '    at main.ts:3' })
  expect(parseLogLine('{broken', 'web-1', 42)).toMatchObject({ time: 42, message: '{broken' })
})

it('lets no control character through to the terminal', () => {
  const esc = String.fromCharCode(27)
  const line = parseLogLine(JSON.stringify({ time: 0, msg: `a${esc}[2Jb\nc`, path: `x${esc}y` }), 'web-1', 0)
  const text = formatLogLine(line, 9)
  expect(text).not.toContain(esc)
  expect(text).not.toContain('\n')
  expect(text).toContain('\\u001b[2J')
})
