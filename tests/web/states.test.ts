import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { violations } from './axe.ts'
import { openPage, type Watched } from './chromium.ts'
import { inBrowser, installed, worldIn } from './in-browser.ts'
import { losses } from './losses.ts'
import { allStates, type State, visitorOf } from './states.ts'
import { Visitor } from './visitor.ts'
import { slowly } from './world.ts'

const minutes = 60_000

const site = inBrowser(slowly)
const shown = worldIn(site)

/** A browser in which `visitor` is logged in. */
async function openAs({ cookies }: Visitor): Promise<Watched> {
  const watched = await openPage(site.browser, site.stack.shop.siteUrl, { reducedMotion: 'reduce' })
  const url = site.stack.shop.siteUrl
  const kept = [...cookies].map(([name, value]) => ({ name, value, url, secure: true, httpOnly: true }))
  await watched.page.context().addCookies(kept)
  return watched
}

/** Light and dark, on a phone and on a desk. The page need not be loaded again: it is the same one, in other styles. */
async function inEveryLight(page: Page): Promise<string[]> {
  const found: string[] = []
  for (const width of [360, 1440]) {
    await page.setViewportSize({ width, height: 800 })
    for (const colorScheme of ['light', 'dark'] as const) {
      await page.emulateMedia({ colorScheme })
      const seen = await violations(page, colorScheme === 'dark' ? 'colours' : undefined)
      found.push(...seen.map((what) => `${width} px, ${colorScheme}: ${what}`))
    }
  }
  return found
}

/** What is wrong with a page as it stands; nothing is what is expected. */
const faults = async (page: Page): Promise<string[]> => [...(await inEveryLight(page)), ...(await losses(page))]

async function visit({ page, complaints }: Watched, lang: string, state: State): Promise<string[]> {
  await page.setViewportSize({ width: 1440, height: 800 })
  await page.goto(`/${lang}/${state.path}`, { waitUntil: 'load' })
  await state.act?.(page)
  const found = [...(await faults(page)), ...complaints.splice(0)]
  return found.map((what) => `${lang} ${state.name}: ${what}`)
}

describe.skipIf(!installed)('every page in each of its states', () => {
  it.each(['es', 'en'])(
    'has nothing that axe finds, in any light, and loses nothing when it is narrow or large: %s',
    async (lang) => {
      const open = new Map<Visitor, Watched>()
      const found: string[] = []
      for (const state of allStates(shown.world)) {
        const visitor = visitorOf(state, shown.world)
        const watched = open.get(visitor) ?? (await openAs(visitor))
        open.set(visitor, watched)
        found.push(...(await visit(watched, lang, state)))
      }
      for (const { close } of open.values()) await close()
      expect(found).toEqual([])
    },
    20 * minutes,
  )

  it('is well made also when it says that something is wrong', async () => {
    const visitor = new Visitor(site.stack.shop)
    const refused = await visitor.ask('POST', '/es/login', { form: { email: '' } })
    const tooLarge = await visitor.post('/en/cart', { a: 'x'.repeat(70_000) })
    await site.stack.shop.stop('gateway', 'SIGTERM')
    const away = await visitor.get('/es/books').finally(() => site.stack.shop.start('gateway'))
    const { page, complaints, close } = await openAs(visitor)
    const found: string[] = []
    for (const { status, headers, text } of [refused, tooLarge, away]) {
      // A browser cannot be made to send such a form, so it is handed the answer.
      const answer = { status, body: text, headers: headers as Record<string, string> }
      await page.route('**/es/refused', (route) => route.fulfill(answer))
      await page.goto('/es/refused', { waitUntil: 'load' })
      expect(await page.locator('.spines').textContent()).toBe(String(status))
      found.push(...(await faults(page)), ...complaints.splice(0))
    }
    await close()
    expect([refused.status, tooLarge.status, away.status]).toEqual([403, 413, 503])
    expect(found).toEqual([])
  })
})

/** Elements that move, or would when something about them changes. */
const moving = `[...document.querySelectorAll('*')].filter((element) =>
  ['', '::before', '::after'].some((part) => {
    const { transitionDuration, animationName } = getComputedStyle(element, part)
    return animationName !== 'none' || transitionDuration.split(', ').some((time) => parseFloat(time) > 0)
  })).length`

describe.skipIf(!installed)('motion', () => {
  it('is there for those who like it, and nowhere for those who asked for less', async () => {
    const { page, complaints, close } = await openAs(shown.world.guest)
    for (const path of ['', 'books', `books/${shown.world.books.onSale}`, 'cart'])
      for (const reducedMotion of ['reduce', 'no-preference'] as const) {
        await page.emulateMedia({ reducedMotion })
        await page.goto(`/es/${path}`)
        expect(Number(await page.evaluate(moving)) > 0, path).toBe(reducedMotion === 'no-preference')
      }
    await close()
    expect(complaints).toEqual([])
  })

  it('between pages that is overtaken is no error; an error of a script still is one', async () => {
    const { page, complaints, close } = await openAs(shown.world.stranger)
    await page.goto('/es/', { waitUntil: 'load' })
    await page.evaluate('document.startViewTransition(() => {}).skipTransition()')
    await page.evaluate('void Promise.reject(new Error("of a script"))')
    await expect.poll(() => complaints).toEqual(['Error: of a script'])
    await close()
  })
})
