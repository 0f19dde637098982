import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type BrowserContext, chromium } from 'playwright-core'
import { thisComputer } from '../../provisioners/certificates/trust/computer.ts'
import { changeTrust } from '../../provisioners/certificates/trust/trust.ts'
import { quietFlags } from '../../tests/web/chromium.ts'

export interface AuditBrowser {
  /** Of the debugger, on loopback. */
  port: number
  /** Its cookies are those that pages are measured with. */
  context: BrowserContext
  close(): Promise<void>
}

const program = process.env.CHROMIUM ?? '/usr/bin/chromium'
const patienceMs = 60_000

const flags = (home: string) => [
  '--headless=new',
  ...quietFlags,
  `--user-data-dir=${join(home, 'profile')}`,
  '--remote-debugging-port=0',
  'about:blank',
]

/**
 * Before everything else on this computer, where we may: neighbours must not count as slowness of the pages. Without
 * the right to it the browser runs like any other program.
 */
const ahead = 'chrt --rr -p 1 $$ 2>&- || renice -n -19 $$ >&- 2>&-; exec "$@"'

/** The port that Chromium chose; it says so on stderr. */
function portOf(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`${program} does not start`)), patienceMs)
    child.once('error', reject)
    child.once('exit', (code) => reject(new Error(`${program} ended with ${code}`)))
    createInterface({ input: child.stderr as NodeJS.ReadableStream }).on('line', (line) => {
      const port = /^DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)\//.exec(line)?.[1]
      if (!port) return
      clearTimeout(timer)
      resolve(Number(port))
    })
  })
}

/** The browser knows the site's authority as a person's does after `bookstore trust`: nothing is waved through. */
async function trustIn(home: string, tls: string): Promise<void> {
  const computer = { ...thisComputer(), home, isRoot: false, platform: 'linux' }
  const outcomes = await changeTrust(tls, 'add', AbortSignal.timeout(patienceMs), computer)
  const { did, because } = outcomes.find(({ store }) => store === 'Chromium') ?? { did: 'could not' }
  if (did !== 'added') throw new Error(`Chromium does not come to trust the site: ${because}`)
}

/**
 * A Chromium with a home of its own.
 * @param tls folder of the site's authority
 */
export async function startBrowser(tls: string): Promise<AuditBrowser> {
  const home = await mkdtemp(join(tmpdir(), 'bookstore-lighthouse-'))
  let child: ChildProcess | undefined
  const end = async () => {
    if (child && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
    await rm(home, { recursive: true, force: true, maxRetries: 5 })
  }
  try {
    await trustIn(home, tls)
    const env = { ...process.env, HOME: home }
    child = spawn('sh', ['-c', ahead, 'sh', program, ...flags(home)], { env, stdio: ['ignore', 'ignore', 'pipe'] })
    const port = await portOf(child)
    const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`)
    const [context] = browser.contexts()
    if (!context) throw new Error('Chromium has no context')
    const close = async () => {
      await browser.close()
      await end()
    }
    return { port, context, close }
  } catch (error) {
    await end()
    throw error
  }
}
