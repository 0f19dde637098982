import type { BrowserContext } from 'playwright-core'
import { layoutOf } from '../../provisioners/local/layout.ts'
import { type OpenSite, openSite } from '../../tests/support/open-site.ts'
import { type Audited, audit, type Page } from './audit.ts'
import { type AuditBrowser, startBrowser } from './browser.ts'

/** A book that can be bought, as a path. */
async function anyBook(context: BrowserContext, url: string): Promise<string> {
  const page = await context.newPage()
  await page.goto(`${url}/es/books?inStock=true`)
  const path = await page.locator('.shelf a').first().getAttribute('href')
  await page.close()
  if (!path) throw new Error('there is no book to look at')
  return path
}

/** Somebody who has just put a book into the cart and is about to pay. */
async function shopper(context: BrowserContext, url: string, book: string): Promise<void> {
  const page = await context.newPage()
  await page.goto(`${url}/es/register`)
  await page.fill('main input[name=name]', 'Ana García')
  await page.fill('main input[name=email]', `ana-${Date.now()}@example.com`)
  await page.fill('main input[name=password]', `una frase larga y rara ${Date.now()}`)
  await page.click('main button[type=submit]')
  await page.waitForURL(`${url}/es/`)
  await page.goto(url + book)
  await page.click('form.buy button[type=submit]')
  await page.locator('.cart-count').waitFor()
  await page.close()
}

/** Results of a search and pages of one's own are not for search engines, and say so; this audit would have it otherwise. */
const notForSearch = ['is-crawlable'] as const

async function measure({ siteUrl }: OpenSite, { port, context }: AuditBrowser): Promise<Audited[]> {
  context.setDefaultTimeout(60_000)
  const book = await anyBook(context, siteUrl)
  const open: Page[] = [
    { name: 'home', path: '/es/' },
    { name: 'browse', path: '/es/books' },
    { name: 'search', path: '/es/books?q=quijote&inStock=true', skip: notForSearch },
    { name: 'book', path: book },
    { name: 'book, in English', path: book.replace('/es/', '/en/') },
  ]
  const audited: Audited[] = []
  for (const page of open) audited.push(await audit(siteUrl, page, port, () => context.clearCookies()))
  await shopper(context, siteUrl, book)
  const checkout: Page = { name: 'checkout', path: '/es/checkout', skip: notForSearch }
  return [...audited, await audit(siteUrl, checkout, port, async () => {})]
}

/** Lighthouse on a shop as `up` opens it: strangers' pages, and the checkout of somebody with a book in the cart. */
export async function run(): Promise<Audited[]> {
  const site = await openSite()
  try {
    const browser = await startBrowser(layoutOf(site.site).tls)
    try {
      return await measure(site, browser)
    } finally {
      await browser.close()
    }
  } finally {
    await site.close()
  }
}
