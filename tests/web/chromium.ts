import { existsSync } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** It speaks to nobody of its own accord, and runs as root too. */
export const quietFlags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** False, and said loudly, when there is no browser here. In CI that is a failure: a suite that does not run proves nothing. */
export function browserInstalled(): boolean {
  if (existsSync(executablePath)) return true
  if (process.env.CI === 'true') throw new Error(`no browser at ${executablePath}: apt-get install chromium`)
  process.stderr.write(`\n  SKIPPED: no browser at ${executablePath}. apt-get install chromium, or set CHROMIUM.\n\n`)
  return false
}

/** A browser for which the site's name and port are the edge's. It speaks to nobody else. */
export function launch(siteUrl: string, edgePort: number): Promise<Browser> {
  const { host } = new URL(siteUrl)
  return chromium.launch({
    executablePath,
    args: [
      '--headless',
      ...quietFlags,
      '--ignore-certificate-errors',
      `--host-resolver-rules=MAP ${host} 127.0.0.1:${edgePort}`,
    ],
  })
}

export interface Watched {
  page: Page
  /** What the console said: refused inline code, errors of scripts, requests to elsewhere. */
  complaints: string[]
  close(): Promise<void>
}

/** A page in a browser of its own, watched for all that a clean page has none of. */
export async function openPage(
  browser: Browser,
  siteUrl: string,
  options: BrowserContextOptions = {},
): Promise<Watched> {
  const context = await browser.newContext({ ignoreHTTPSErrors: true, baseURL: siteUrl, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(10_000)
  const complaints: string[] = []
  page.on('console', (message) => {
    // A page that answers 4xx on purpose is reported by the browser as well.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('request', (request) => {
    if (!request.url().startsWith(`${siteUrl}/`)) complaints.push(`request to ${request.url()}`)
  })
  return { page, complaints, close: () => context.close() }
}
