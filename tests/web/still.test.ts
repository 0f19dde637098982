import type { Page, Route } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { openPage, type Watched } from './chromium.ts'
import { inBrowser, installed, worldIn } from './in-browser.ts'
import { allStates, visitorOf } from './states.ts'
import { Visitor } from './visitor.ts'
import { slowly } from './world.ts'

const minutes = 60_000

const site = inBrowser(slowly)
const shown = worldIn(site)

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
const readScript = `(async () => {
  const step = () => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))
  for (let top = 0; top < document.body.scrollHeight; top += innerHeight) {
    scrollTo({ top, behavior: 'instant' })
    await step()
  }
  const arrived = (image) => image.complete || new Promise((resolve) => { image.onload = image.onerror = resolve })
  await Promise.all([...document.images].filter((image) => image.checkVisibility()).map(arrived))
  scrollTo({ top: 0, behavior: 'instant' })
  await step()
})()`

const withoutSize = `[...document.images].filter((image) => !image.hasAttribute('width') || !image.hasAttribute('height'))
  .map(({ outerHTML }) => outerHTML.slice(0, 120))`

const movesOf = async (page: Page) => (await page.evaluate(movesScript)) as string[]

async function look(page: Page, path: string): Promise<string[]> {
  await page.goto(`/es/${path}`, { waitUntil: 'networkidle' })
  await page.evaluate(readScript)
  const moved = await movesOf(page)
  const bare = (await page.evaluate(withoutSize)) as string[]
  return [...moved.map((move) => `${path} moves: ${move}`), ...bare.map((image) => `${path} without a size: ${image}`)]
}

describe.skipIf(!installed)('nothing moves', () => {
  /** Without its font a page is set once and for all: whatever moves then was moved by a picture or a script. */
  async function openAs({ cookies }: Visitor, width: number) {
    const url = site.stack.shop.siteUrl
    const watched = await openPage(site.browser, url, { viewport: { width, height: 800 } })
    await watched.page.route('**/*.woff2', (route) => route.abort())
    const kept = [...cookies].map(([name, value]) => ({ name, value, url, secure: true, httpOnly: true }))
    await watched.page.context().addCookies(kept)
    return watched
  }

  it.each([360, 1440])(
    'on any page, %s px wide',
    async (width) => {
      const open = new Map<Visitor, Watched>()
      const found: string[] = []
      for (const state of allStates(shown.world).filter(({ act }) => !act)) {
        const visitor = visitorOf(state, shown.world)
        const watched = open.get(visitor) ?? (await openAs(visitor, width))
        open.set(visitor, watched)
        found.push(...(await look(watched.page, state.path)))
      }
      for (const { close } of open.values()) await close()
      expect(found).toEqual([])
    },
    10 * minutes,
  )

  it.each([360, 1440])('where a shelf of what was seen comes by a script, %s px wide', async (width) => {
    const { page, close } = await openAs(new Visitor(site.stack.shop), width)
    const found: string[] = []
    for (const path of [`books/${shown.world.books.onSale}`, '', `books/${shown.world.books.soldOut}`, ''])
      found.push(...(await look(page, path)))
    expect(await page.locator('#seen .card-link').count()).toBe(2)
    expect(found).toEqual([])
    await close()
  })

  it.each([360, 768, 1440])('to speak of when the font comes late, %s px wide', async (width) => {
    for (const path of ['', 'books', `books/${shown.world.books.onSale}`, 'about']) {
      const { page, close } = await openPage(site.browser, site.stack.shop.siteUrl, {
        viewport: { width, height: 800 },
      })
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
