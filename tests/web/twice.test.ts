import type { BrowserContext, Page } from 'playwright-core'
import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { openPage, type Watched } from './chromium.ts'
import { inTown, newcomer, putOnSale } from './household.ts'
import { inBrowser, installed } from './in-browser.ts'
import type { Visitor } from './visitor.ts'

let seller: Visitor

const site = inBrowser()

beforeAll(async () => {
  if (!installed) return
  seller = await newcomer(site.stack.shop, 'Librería del Puerto')
})

afterEach(() => site.stack?.edge.loseAnswers(undefined))

interface Buyer extends Watched {
  context: BrowserContext
}

/** Somebody with a book in the cart and an address in the book, in a browser with or without scripts. */
async function buyer(javaScriptEnabled: boolean): Promise<Buyer> {
  const visitor = await newcomer(site.stack.shop, inTown.name)
  await visitor.post('/es/addresses/new', inTown)
  await visitor.post('/es/cart', { do: 'add', book: await putOnSale(seller, 'Follas novas'), quantity: '1' })
  const watched = await openPage(site.browser, site.stack.shop.siteUrl, { javaScriptEnabled })
  const context = watched.page.context()
  const url = site.stack.shop.siteUrl
  const kept = [...visitor.cookies].map(([name, value]) => ({ name, value, url, secure: true, httpOnly: true }))
  await context.addCookies(kept)
  return { ...watched, context }
}

async function toPayment(page: Page): Promise<void> {
  await page.goto('/es/checkout')
  await page.locator('input[name=deliveryProvider]').first().check()
}

const goOn = (page: Page) => page.getByRole('button', { name: 'Continuar al pago' })
const payNow = (page: Page) => page.getByRole('button', { name: /^Pagar / })

/** The browser's own page, which says that there was no answer. */
const brokenPage = (page: Page) => page.locator('body.neterror').waitFor({ state: 'attached' })

/** How many orders there are, and how often a payment was sent for them. */
async function bought(page: Page): Promise<{ orders: number; payments: number }> {
  await page.goto('/es/orders')
  const orders = page.locator('.rows > li a')
  const count = await orders.count()
  let payments = 0
  for (const href of await orders.evaluateAll((links) => links.map((link) => link.getAttribute('href') ?? ''))) {
    await page.goto(href)
    await page.locator('.timeline', { hasText: /Pago confirmado|Libros apartados/ }).waitFor()
    payments += await page.getByText('Pago enviado al banco').count()
  }
  return { orders: count, payments }
}

describe.skipIf(!installed).each([true, false])('with scripts: %s, nobody buys twice', (scripts) => {
  it('by a double click', async () => {
    const { page, close } = await buyer(scripts)
    await toPayment(page)
    await goOn(page).dblclick()
    await page.waitForURL(/\/pay$/)
    await payNow(page).dblclick()
    await page.waitForURL(/done=paid/)
    expect(await bought(page)).toEqual({ orders: 1, payments: 1 })
    await close()
  })

  it('by the back button', async () => {
    const { page, close } = await buyer(scripts)
    await toPayment(page)
    await goOn(page).click()
    await page.waitForURL(/\/pay$/)
    const form = page.url()
    await page.goBack()
    // The cart is empty now, and says where its books are.
    await page.getByRole('link', { name: 'Retomarlo' }).click()
    await page.waitForURL(form)
    await payNow(page).click()
    await page.waitForURL(/done=paid/)
    await page.goBack()
    // Either the page of the payment comes back as it was, and is sent again, or the order says that it is paid.
    if (/\/pay$/.test(page.url()) && (await payNow(page).count()) > 0) await payNow(page).click()
    expect(await bought(page)).toEqual({ orders: 1, payments: 1 })
    await close()
  })

  it('in two tabs', async () => {
    const { page, context, close } = await buyer(scripts)
    const other = await context.newPage()
    await toPayment(page)
    await toPayment(other)
    await Promise.all([goOn(page).click(), goOn(other).click()])
    await Promise.all([page.waitForURL(/\/pay$/), other.waitForURL(/\/pay$/)])
    expect(other.url()).toBe(page.url())
    await Promise.all([payNow(page).click(), payNow(other).click()])
    await Promise.all([page, other].map((tab) => tab.waitForURL(/\/orders\/[0-9a-f-]{36}(\?done=paid)?$/)))
    expect(await bought(page)).toEqual({ orders: 1, payments: 1 })
    await close()
  })

  it('when the connection breaks after the order, and after the payment', async () => {
    const { page, close } = await buyer(scripts)
    await toPayment(page)
    site.stack.edge.loseAnswers(/\/checkout$/)
    await goOn(page).click()
    await brokenPage(page)
    site.stack.edge.loseAnswers(undefined)
    await page.reload()
    await page.waitForURL(/\/pay$/)
    site.stack.edge.loseAnswers(/\/pay$/)
    await payNow(page).click()
    await brokenPage(page)
    site.stack.edge.loseAnswers(undefined)
    await page.reload()
    await page.waitForURL(/\/orders\/[0-9a-f-]{36}(\?done=paid)?$/)
    expect(await bought(page)).toEqual({ orders: 1, payments: 1 })
    await close()
  })
})
