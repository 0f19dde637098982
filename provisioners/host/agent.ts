import { fileURLToPath } from 'node:url'
import { systemClock } from '../engine/clock.ts'
import { exit } from '../engine/errors.ts'
import { interrupted } from '../engine/interrupted.ts'
import { serve } from './serve.ts'

/** The composition root on a machine: nothing else of the agent touches `process`. */
async function main(): Promise<void> {
  process.umask(0o022)
  const stop = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => stop.abort(interrupted()))
  // The connection is gone, and with it whoever listened. A run goes on in its unit.
  process.stdout.on('error', () => process.exit(exit.failed))
  process.exitCode = await serve(process.argv.slice(2), {
    request: () => readAll(process.stdin),
    upload: () => process.stdin,
    say: (line) => void process.stdout.write(`${line}\n`),
    clock: systemClock,
    environment: process.env,
    signal: stop.signal,
    self: [process.execPath, fileURLToPath(import.meta.url)],
  })
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  return text
}

await main()
