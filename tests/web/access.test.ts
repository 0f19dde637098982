import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { violations } from './axe.ts'
import { browserInstalled, launch, openPage } from './chromium.ts'
import { type Stack, startStack } from './stack.ts'
import { Visitor } from './visitor.ts'

const installed = browserInstalled()
let stack: Stack
let browser: Browser
let visitor: Visitor
let pages: string[]

/** Somebody with a book in the cart, an order to pay, an order that is paid, and a book on sale. */
async function prepare(): Promise<string[]> {
  const { shop } = stack
  visitor = new Visitor(shop)
  const list = await shop.request('gateway', 'GET', '/api/catalog/books?limit=5&inStock=true')
  const [first, second, third] = list.body.items.map(({ id }: { id: string }) => id)
  const account = { name: 'Inés Ríos', email: 'ines@example.com', password: 'una frase bastante larga' }
  await visitor.post('/es/register', account)
  const place = async (book: string) => {
    await visitor.post('/es/cart', { do: 'add', book, quantity: '1' })
    const { text } = await visitor.get('/es/checkout')
    const hidden = (name: string) => new RegExp(`name="${name}" value="([^"]*)"`).exec(text)?.[1] ?? ''
    const address = { name: 'Inés', street: 'Calle 1', city: 'Madrid', region: '', postalCode: '', country: 'ES' }
    const order = { key: hidden('key'), lines: hidden('lines'), shown: hidden('shown'), deliveryProvider: 'albatross' }
    return (await visitor.post('/es/checkout', { ...address, ...order })).location
  }
  const paid = await place(first)
  await visitor.post(paid, { key: '00000000-0000-4000-8000-000000000001', card: 'tok_ok' })
  const unpaid = await place(second)
  await visitor.post('/es/cart', { do: 'add', book: third, quantity: '1' })
  const draft = { title: 'Cuentos', author: 'Inés Ríos', description: 'Nueve.', language: 'es', year: '2020' }
  const published = await visitor.post('/es/sell', { ...draft, price: '9', stock: '2', condition: 'good' })
  const own = published.location.split('?')[0]?.replace('/es/', '') ?? ''
  return [
    '',
    'books',
    'books?q=zzzzqqqq',
    'books?language=fr&sort=price',
    `books/${third}`,
    own,
    'cart?done=added',
    'checkout',
    unpaid.replace('/es/', ''),
    paid.replace('/es/', '').replace('/pay', ''),
    'orders',
    'sell',
    'my-books',
    own.replace('books/', 'my-books/'),
    'about',
    'nothing-here',
  ]
}

/** Pages of somebody without a session. */
const strangers = ['', 'login?next=%2Fes%2Fcheckout', 'register', 'cart', 'books']

beforeAll(async () => {
  if (!installed) return
  stack = await startStack(inject('cluster'))
  browser = await launch(stack.shop.siteUrl, stack.edge.port)
  pages = await prepare()
})
afterAll(async () => {
  await browser?.close()
  await stack?.close()
})

const cookiesOf = () =>
  [...visitor.cookies].map(([name, value]) => ({ name, value, url: stack.shop.siteUrl, secure: true, httpOnly: true }))

async function visitAll(
  paths: readonly string[],
  options: Parameters<typeof openPage>[2],
  signedIn: boolean,
  look: (page: Page) => Promise<string[]>,
): Promise<string[]> {
  const { page, complaints, close } = await openPage(browser, stack.shop.siteUrl, options)
  if (signedIn) await page.context().addCookies(cookiesOf())
  const found: string[] = []
  for (const path of paths) {
    await page.goto(path, { waitUntil: 'load' })
    found.push(...(await look(page)))
  }
  await close()
  return [...found, ...complaints]
}

describe.skipIf(!installed)('every page', () => {
  it.each([
    ['es', 'light', 1440],
    ['es', 'dark', 360],
    ['en', 'light', 360],
    ['en', 'dark', 1440],
  ] as const)('has no violation that axe knows: %s, %s, %i px', async (lang, colorScheme, width) => {
    const options = { colorScheme, viewport: { width, height: 900 }, reducedMotion: 'reduce' as const }
    const own = await visitAll(
      pages.map((path) => `/${lang}/${path}`),
      options,
      true,
      violations,
    )
    const strange = await visitAll(
      strangers.map((path) => `/${lang}/${path}`),
      options,
      false,
      violations,
    )
    expect([...own, ...strange]).toEqual([])
  })

  it.each([320, 360])('fits into %i px without scrolling sideways', async (width) => {
    const tooWide = async (page: Page) => {
      const wide = await page.evaluate('document.documentElement.scrollWidth')
      return Number(wide) > width ? [`${page.url()} is ${wide} px wide`] : []
    }
    const options = { viewport: { width, height: 700 } }
    const paths = ['es', 'en'].flatMap((lang) => pages.map((path) => `/${lang}/${path}`))
    expect(await visitAll(paths, options, true, tooWide)).toEqual([])
  })

  it('takes larger letters: at 200 % nothing is lost', async () => {
    const doubled = async (page: Page) => {
      await page.evaluate("document.documentElement.style.setProperty('font-size', '200%')")
      const wide = await page.evaluate('document.documentElement.scrollWidth')
      return Number(wide) > 1280 ? [`${page.url()} is ${wide} px wide`] : []
    }
    const options = { viewport: { width: 1280, height: 900 } }
    expect(
      await visitAll(
        pages.map((path) => `/es/${path}`),
        options,
        true,
        doubled,
      ),
    ).toEqual([])
  })

  it('begins with a skip link, and shows where the focus is', async () => {
    const { page, close } = await openPage(browser, stack.shop.siteUrl)
    await page.goto('/es/books')
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.className')).toBe('skip')
    await page.keyboard.press('Enter')
    expect(await page.evaluate('document.activeElement.id')).toBe('content')
    await page.keyboard.press('Tab')
    const outline = await page.evaluate(
      'getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).outlineWidth',
    )
    expect(outline).toBe('solid3px')
    await close()
  })

  it('moves the focus to what is wrong, also without scripts', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page, close } = await openPage(browser, stack.shop.siteUrl, { javaScriptEnabled })
      await page.goto('/es/login')
      await page.getByLabel('Correo electrónico').fill('ana@example.com')
      await page.getByLabel('Contraseña').fill('no es esta')
      await page.locator('main').getByRole('button', { name: 'Entrar' }).click()
      await page.locator('.error-summary:focus').waitFor()
      await close()
    }
  })
})
