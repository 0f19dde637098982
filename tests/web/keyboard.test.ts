import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { openPage } from './chromium.ts'
import { newcomer, purchase, putOnSale } from './household.ts'
import { inBrowser, installed } from './in-browser.ts'
import type { Visitor } from './visitor.ts'

let neighbour: Visitor

const site = inBrowser()

beforeAll(async () => {
  if (!installed) return
  neighbour = await newcomer(site.stack.shop, 'Librería del Puerto')
  await putOnSale(neighbour, 'Follas novas')
})

/** Goes on with Tab until the focus is on what `selector` means. */
async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 120; presses++) {
    await page.keyboard.press('Tab')
    if (await page.evaluate(`document.activeElement.matches(${JSON.stringify(selector)})`)) return
  }
  throw new Error(`Tab never came to ${selector}`)
}

async function typeInto(page: Page, selector: string, text: string): Promise<void> {
  await tabTo(page, selector)
  await page.keyboard.press('ControlOrMeta+A')
  await page.keyboard.type(text)
}

async function pressOn(page: Page, selector: string): Promise<void> {
  await tabTo(page, selector)
  await page.keyboard.press('Enter')
}

/** Opens an account, as somebody who has been asked for one. */
async function register(page: Page): Promise<void> {
  await pressOn(page, 'main a[href*="/register"]')
  await page.waitForURL(/register/)
  await typeInto(page, '#name', 'Tecla Ríos')
  await typeInto(page, '#email', `${randomUUID()}@example.com`)
  await typeInto(page, '#password', `frase larga ${randomUUID()}`)
  await page.keyboard.press('Enter')
}

describe.skipIf(!installed)('by keyboard alone', () => {
  it('a stranger finds a book, opens an account, buys it and sees the receipt', async () => {
    const { page, complaints, close } = await openPage(site.browser, site.stack.shop.siteUrl)
    await page.goto('/es/')
    await typeInto(page, '#search', 'Follas novas')
    await page.keyboard.press('Enter')
    await page.waitForURL(/q=Follas/)
    await pressOn(page, '.results .card-link')
    await page.waitForURL(/books\/[0-9a-f-]{36}/)
    await pressOn(page, '.buy button[type=submit]')
    await page.locator('.cart-count').waitFor()
    await page.evaluate('document.activeElement.blur()')
    await pressOn(page, '#cart-link')
    await page.waitForURL(/\/cart$/)
    await pressOn(page, 'main a.button, main .summary button')
    await page.waitForURL(/login/)
    await register(page)
    await page.waitForURL(/\/checkout$/)
    await typeInto(page, '#street', 'Calle Mayor 1')
    await typeInto(page, '#city', 'Lugo')
    await tabTo(page, '#country')
    await page.keyboard.type('España')
    await tabTo(page, 'input[name=keep]')
    await page.keyboard.press('Space')
    await tabTo(page, 'input[name=deliveryProvider]')
    await page.keyboard.press('Space')
    await pressOn(page, '.summary button[type=submit]')
    await page.waitForURL(/\/pay$/)
    await pressOn(page, 'button[form=pay]')
    await page.waitForURL(/done=paid/)
    await pressOn(page, 'a[href$="/receipt"]')
    await page.waitForURL(/\/receipt$/)
    expect(await page.getByRole('table').textContent()).toContain('Follas novas')
    await page.goto('/es/addresses')
    expect(await page.locator('.address-cards > li').count()).toBe(1)
    expect(complaints).toEqual([])
    await close()
  })

  it('somebody puts a book on sale, changes it, pauses it and ships what was sold', async () => {
    const { page, complaints, close } = await openPage(site.browser, site.stack.shop.siteUrl)
    await page.goto('/es/')
    await pressOn(page, '.shelves a[href$="/sell"]')
    await page.waitForURL(/login/)
    await register(page)
    await page.waitForURL(/\/sell$/)
    for (const [name, value] of Object.entries({ title: 'Sar', author: 'Rosalía', year: '1884', price: '9,5' }))
      await typeInto(page, `#${name}`, value)
    await typeInto(page, '#stock', '3')
    await page.keyboard.press('Enter')
    await page.waitForURL(/done=published/)
    const book = /books\/([0-9a-f-]{36})/.exec(page.url())?.[1] ?? ''
    await pressOn(page, '.buy a[href*="/my-books/"]')
    await page.waitForURL(/my-books\/./)
    await typeInto(page, '#price', '11')
    await page.keyboard.press('Enter')
    await page.waitForURL(/done=saved/)
    await purchase(neighbour, [book])
    await pressOn(page, '.buy a[href$="/my-books"]')
    await page.waitForURL(/my-books$/)
    await typeInto(page, '.stock-form input[name=stock]', '7')
    await page.keyboard.press('Enter')
    await page.waitForURL(/done=stock/)
    await pressOn(page, '.card-actions .link')
    await page.waitForURL(/done=paused/)
    await pressOn(page, '.account-nav a[href$="/my-sales"]')
    await page.waitForURL(/my-sales$/)
    await pressOn(page, '.parcel-do button')
    await page.waitForURL(/done=shipped/)
    expect(await page.locator('.notice').textContent()).toContain('enviado')
    expect(complaints).toEqual([])
    await close()
  })

  it('somebody keeps their account: name, sessions, addresses, and its end', async () => {
    const { page, complaints, close } = await openPage(site.browser, site.stack.shop.siteUrl)
    const { cookies } = await newcomer(site.stack.shop, 'Tecla Ríos')
    const url = site.stack.shop.siteUrl
    const kept = [...cookies].map(([name, value]) => ({ name, value, url, secure: true, httpOnly: true }))
    await page.context().addCookies(kept)
    await page.goto('/es/account')
    await typeInto(page, '#name', 'Tecla Nova')
    await page.keyboard.press('Enter')
    await page.waitForURL(/done=saved/)
    await pressOn(page, '.sessions button')
    await page.waitForURL(/done=session/)
    await pressOn(page, '.menu summary')
    await pressOn(page, '.menu a[href$="/orders"]')
    await page.waitForURL(/orders$/)
    await pressOn(page, '.account-nav a[href$="/addresses"]')
    await page.waitForURL(/addresses$/)
    await pressOn(page, 'main a[href$="/addresses/new"]')
    await page.waitForURL(/addresses\/new$/)
    await typeInto(page, '#street', 'Calle Mayor 1')
    await typeInto(page, '#city', 'Lugo')
    await tabTo(page, '#country')
    await page.keyboard.type('España')
    await pressOn(page, 'main .form button[type=submit]')
    await page.waitForURL(/done=saved/)
    await pressOn(page, '.account-nav a[href$="/account"]')
    await page.waitForURL(/account$/)
    await pressOn(page, 'main a[href$="/account/close"]')
    await page.waitForURL(/account\/close$/)
    await tabTo(page, '#sure')
    await page.keyboard.press('Space')
    await pressOn(page, '.close-form button')
    await page.waitForURL(/done=closed/)
    expect(complaints).toEqual([])
    await close()
  })
})
