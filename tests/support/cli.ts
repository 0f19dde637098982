import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Agent, request } from 'undici'
import { stringify } from 'yaml'
import { repositoryRoot } from './postgres.ts'
import type { Reply } from './shop.ts'

export interface CliRun {
  status: number | null
  stdout: string
  stderr: string
  /** The JSON lines of stdout, when `--json` was given. */
  events: Array<Record<string, unknown>>
  /** The last of them. */
  // biome-ignore lint/suspicious/noExplicitAny: a test states what it expects of a result by reading it
  result: any
  ms: number
}

/** A folder with a bookstore.yaml on free ports, and the command line in it. */
export interface Stack {
  folder: string
  httpsPort: number
  httpPort: number
  url: string
  run(args: readonly string[], options?: { env?: Record<string, string>; input?: string }): Promise<CliRun>
  /** A request to the running site, over HTTPS, trusting its own authority. */
  request(method: string, path: string, options?: { body?: unknown; headers?: Record<string, string> }): Promise<Reply>
  /** `down --purge`, then the folder is removed. */
  close(): Promise<void>
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      server.close(() => resolve(port))
    })
  })
}

function jsonLines(text: string): Array<Record<string, unknown>> {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

export function runCli(
  args: readonly string[],
  options: { cwd: string; env?: Record<string, string>; input?: string; launcher?: string },
): Promise<CliRun> {
  const started = performance.now()
  const env = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', LANG: 'C.UTF-8', ...options.env }
  const child = spawn(options.launcher ?? join(repositoryRoot, 'bin/bookstore'), args, {
    cwd: options.cwd,
    env,
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  child.stdin.end(options.input ?? '')
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status) => {
      const events = args.includes('--json') ? jsonLines(stdout) : []
      resolve({ status, stdout, stderr, events, result: events.at(-1), ms: performance.now() - started })
    })
  })
}

/** Makes the folder and configuration of a stack; nothing is started yet. `settings` is merged into the file. */
export async function createStack(
  settings: Record<string, unknown> & { local?: Record<string, unknown> } = {},
): Promise<Stack> {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-house-'))
  const [httpsPort, httpPort] = [await freePort(), await freePort()]
  const { local, ...rest } = settings
  await writeFile(join(folder, 'bookstore.yaml'), stringify({ ...rest, local: { httpsPort, httpPort, ...local } }))
  let agent: Agent | undefined
  const url = `https://bookstore.localhost:${httpsPort}`

  const run: Stack['run'] = (args, options) => runCli(args, { cwd: folder, ...options })

  const agentOf = async () => {
    if (agent) return agent
    const { result } = await run(['status', '--json'])
    const ca = await readFile(result.ca, 'utf8')
    agent = new Agent({
      connections: 256,
      connect: { ca, lookup: (_name, _options, done) => done(null, [{ address: '127.0.0.1', family: 4 }]) },
    })
    return agent
  }

  return {
    folder,
    httpsPort,
    httpPort,
    url,
    run,
    request: async (method, path, { body, headers = {} } = {}) => {
      const response = await request(url + path, {
        dispatcher: await agentOf(),
        method: method as 'GET',
        headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        body: body === undefined ? null : JSON.stringify(body),
      })
      const text = await response.body.text()
      const isJson = /json/.test(String(response.headers['content-type'] ?? ''))
      return { status: response.statusCode, headers: response.headers, body: isJson ? JSON.parse(text) : text }
    },
    close: async () => {
      await agent?.destroy()
      await run(['down', '--purge', '--yes'])
      await rm(folder, { recursive: true, force: true })
    },
  }
}
