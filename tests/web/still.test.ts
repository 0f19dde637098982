import type { Browser, Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { browserInstalled, launch, openPage } from './chromium.ts'
import { type Household, household } from './household.ts'
import { type Stack, startStack } from './stack.ts'

const installed = browserInstalled()
let stack: Stack
let browser: Browser
let home: Household

beforeAll(async () => {
  if (!installed) return
  stack = await startStack(inject('cluster'))
  home = await household(stack.shop)
  browser = await launch(stack.shop.siteUrl, stack.edge.port)
})
afterAll(async () => {
  await browser?.close()
  await stack?.close()
})

/** In the page: what moved without anybody having asked for it, and by how much. */
const movesScript = `new Promise((resolve) => {
  const moves = (entries) => entries.filter(({ hadRecentInput }) => !hadRecentInput).map(({ value, sources }) =>
    value.toFixed(4) + ' ' + sources.map(({ node }) => node?.outerHTML?.slice(0, 80) ?? node?.nodeName).join(' and '))
  new PerformanceObserver((list) => resolve(moves(list.getEntries()))).observe({ type: 'layout-shift', buffered: true })
  // Without any, the observer is never called; what is buffered comes before the next two frames are over.
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => resolve([]), 100)))
})`

const paintedScript = `new Promise((resolve) => {
  new PerformanceObserver(() => resolve(true)).observe({ type: 'paint', buffered: true })
})`

/** To the end and back, as a reader goes, so that everything that waits to be seen is fetched. */
async function readThrough(page: Page): Promise<void> {
  for (const end of ['document.body.scrollHeight', '0']) {
    await page.evaluate(`scrollTo({ top: ${end}, behavior: 'instant' })`)
    await page.waitForLoadState('networkidle')
  }
}

const withoutSize = `[...document.images].filter((image) => !image.hasAttribute('width') || !image.hasAttribute('height'))
  .map(({ outerHTML }) => outerHTML.slice(0, 120))`

const movesOf = async (page: Page) => (await page.evaluate(movesScript)) as string[]

async function look(page: Page, path: string): Promise<string[]> {
  await page.goto(`/es/${path}`, { waitUntil: 'load' })
  await readThrough(page)
  const moved = await movesOf(page)
  const bare = (await page.evaluate(withoutSize)) as string[]
  return [...moved.map((move) => `${path} moves: ${move}`), ...bare.map((image) => `${path} without a size: ${image}`)]
}

describe.skipIf(!installed)('nothing moves', () => {
  const widths = [360, 768, 1440]

  /** Without its font a page is set once and for all: whatever moves then was moved by a picture or a script. */
  async function openWithoutFont(width: number) {
    const watched = await openPage(browser, stack.shop.siteUrl, { viewport: { width, height: 800 } })
    await watched.page.route('**/*.woff2', (route) => route.abort())
    return watched
  }
  const open = ['', 'books', 'books?q=zzzzqqqq', 'books?language=fr', 'cart', 'login', 'register', 'about', 'nothing']

  it.each(widths)('on pages of strangers, %s px wide', async (width) => {
    const { page, close } = await openWithoutFont(width)
    const found: string[] = []
    const book = `books/${home.book}`
    // The second time there is a shelf of what was seen, which comes by a script.
    for (const path of [...open, book, '', book]) found.push(...(await look(page, path)))
    expect(found).toEqual([])
    await close()
  })

  it.each(widths)('on pages of somebody, %s px wide', async (width) => {
    const { page, close } = await openWithoutFont(width)
    const url = stack.shop.siteUrl
    const cookies = [...home.visitor.cookies].map(([name, value]) => ({ name, value, url, secure: true }))
    await page.context().addCookies(cookies)
    const found: string[] = []
    for (const path of ['', ...home.pages]) found.push(...(await look(page, path)))
    expect(found).toEqual([])
    await close()
  })

  it.each(widths)('to speak of when the font comes late, %s px wide', async (width) => {
    for (const path of ['', 'books', `books/${home.book}`, 'about']) {
      const { page, close } = await openPage(browser, stack.shop.siteUrl, { viewport: { width, height: 800 } })
      const held: Route[] = []
      let isLate = false
      await page.route('**/*.woff2', (route) => (isLate ? route.continue() : void held.push(route)))
      await page.goto(`/es/${path}`, { waitUntil: 'domcontentloaded' })
      await page.evaluate(paintedScript)
      expect(held.length).toBeGreaterThan(0)
      isLate = true
      await Promise.all(held.map((route) => route.continue()))
      await page.waitForLoadState('networkidle')
      await page.evaluate('document.fonts.ready.then(() => true)')
      const moved = (await movesOf(page)).reduce((sum, move) => sum + Number.parseFloat(move), 0)
      expect(moved, path).toBeLessThan(0.05)
      await close()
    }
  })
})
