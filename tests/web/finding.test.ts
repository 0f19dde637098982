import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { browserInstalled, launch, openPage } from './chromium.ts'
import { newcomer, putOnSale } from './household.ts'
import { type Stack, startStack } from './stack.ts'
import { Visitor } from './visitor.ts'

const installed = browserInstalled()
let stack: Stack
let browser: Browser
beforeAll(async () => {
  stack = await startStack(inject('cluster'))
  if (installed) browser = await launch(stack.shop.siteUrl, stack.edge.port)
})
afterAll(async () => {
  await browser?.close()
  await stack?.close()
})

interface Found {
  id: string
  title: string
  author: string
}

async function books(query: string): Promise<Found[]> {
  return (await stack.shop.request('gateway', 'GET', `/api/catalog/books?${query}`)).body.items
}

const suggestions = (page: Page) => page.locator('.suggestions:not([hidden]) [role=option]')
/** The suggestion that the field points at, as a screen reader finds it. */
const active = (page: Page) =>
  page.evaluate(
    'document.getElementById(document.activeElement.getAttribute("aria-activedescendant"))?.textContent ?? ""',
  ) as Promise<string>

describe('suggestions', () => {
  it('are JSON in the page’s language, for a minute, without a cookie', async () => {
    const visitor = new Visitor(stack.shop)
    const { status, headers, text } = await visitor.get('/en/suggestions?q=quij')
    expect(status).toBe(200)
    expect(headers).toMatchObject({ 'cache-control': 'public, max-age=60', 'x-content-type-options': 'nosniff' })
    expect(headers['content-type']).toContain('application/json')
    const { items, said } = JSON.parse(text)
    expect(items[0].text).toContain('Quijote')
    expect(items[0].url).toMatch(/^\/en\/books\/[0-9a-f-]{36}$/)
    expect(said).toMatch(/^\d suggestions?$/)
    expect(visitor.cookies.size).toBe(0)
  })

  it('are none for nothing, and never fail', async () => {
    const visitor = new Visitor(stack.shop)
    for (const q of ['', '%00', '%ff', '%', '()|&!', "';--", encodeURIComponent('𝕏'.repeat(300))]) {
      const { status, text } = await visitor.get(`/es/suggestions?q=${q}`)
      expect(status, q).toBe(200)
      expect(Array.isArray(JSON.parse(text).items)).toBe(true)
    }
  })

  it('name an author’s books by a link to the shelves', async () => {
    const { text } = await new Visitor(stack.shop).get('/es/suggestions?q=cervant')
    const author = JSON.parse(text).items.find(({ url }: { url: string }) => url.includes('author='))
    expect(author?.detail).toBe('Autor o autora')
    expect((await new Visitor(stack.shop).get(author.url)).text).toContain('Quijote')
  })
})

describe.skipIf(!installed)('the search field', () => {
  it('is used by the keyboard: down, up, escape, enter', async () => {
    const { page, complaints, close } = await openPage(browser, stack.shop.siteUrl)
    await page.goto('/es/')
    const field = page.getByRole('combobox', { name: 'Buscar libros' })
    await field.focus()
    expect(await field.getAttribute('aria-expanded')).toBe('false')
    await page.keyboard.type('cervan')
    await page.getByRole('listbox', { name: 'Sugerencias' }).waitFor()
    const count = await suggestions(page).count()
    await page
      .getByRole('status')
      .filter({ hasText: `${count} sugerencia` })
      .waitFor({ state: 'attached' })
    expect(await field.getAttribute('aria-expanded')).toBe('true')
    expect(await active(page)).toBe('')
    const texts = await suggestions(page).allTextContents()
    await page.keyboard.press('ArrowDown')
    expect(await active(page)).toBe(texts[0])
    expect(await page.locator('[role=option][aria-selected=true]').count()).toBe(1)
    await page.keyboard.press('ArrowUp')
    expect(await active(page)).toBe('')
    await page.keyboard.press('ArrowUp')
    expect(await active(page)).toBe(texts.at(-1))
    await page.keyboard.press('Escape')
    expect(await suggestions(page).count()).toBe(0)
    expect(await field.inputValue()).toBe('cervan')
    await page.keyboard.press('ArrowDown')
    const book = await suggestions(page).first().getAttribute('data-url')
    await page.keyboard.press('Enter')
    await page.waitForURL(`**${book}`)
    expect(complaints).toEqual([])
    await close()
  })

  it('sends what was typed when nothing is chosen, with and without scripts', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page, close } = await openPage(browser, stack.shop.siteUrl, { javaScriptEnabled })
      await page.goto('/en/about')
      await page.getByLabel('Search books').fill('cervantes')
      if (javaScriptEnabled) await suggestions(page).first().waitFor()
      await page.keyboard.press('Enter')
      await page.waitForURL('**/en/books?q=cervantes')
      await close()
    }
  })

  it('suggests on the shelves’ page too, where the results follow, and keeps the filters that are set', async () => {
    const { page, complaints, close } = await openPage(browser, stack.shop.siteUrl)
    await page.goto('/es/books?language=es')
    await page.getByRole('combobox', { name: 'Buscar libros' }).pressSequentially('galatea', { delay: 20 })
    await suggestions(page).first().waitFor()
    await page.locator('.results .card-title', { hasText: 'La Galatea' }).first().waitFor()
    await page.keyboard.press('Enter')
    await page
      .getByRole('status')
      .filter({ hasText: /^1 libro/ })
      .last()
      .waitFor({ state: 'attached' })
    const query = new URL(page.url()).searchParams
    expect([query.get('q'), query.get('language')]).toEqual(['galatea', 'es'])
    expect(await suggestions(page).count()).toBe(0)
    expect(complaints).toEqual([])
    await close()
  })

  it('is used by touch, and closes when it is left', async () => {
    const { page, close } = await openPage(browser, stack.shop.siteUrl, {
      viewport: { width: 360, height: 700 },
      hasTouch: true,
    })
    await page.goto('/es/')
    await page.getByRole('combobox').fill('austen')
    await suggestions(page).first().waitFor()
    await page.keyboard.press('Tab')
    expect(await suggestions(page).count()).toBe(0)
    await page.getByRole('combobox').fill('auste')
    await suggestions(page).first().tap()
    await page.waitForURL(/\/es\/books[/?]/)
    await close()
  })
})

describe('beside a book', () => {
  it('stand others of its author, and others that go with it', async () => {
    const [book] = await books('author=Jane%20Austen&limit=1')
    const { text } = await new Visitor(stack.shop).get(`/es/books/${book?.id}`)
    expect(text).toContain('Más de Jane Austen')
    expect(text).toContain('También en la tienda')
    const linked = [...text.matchAll(/class="card-link" href="\/es\/books\/([0-9a-f-]{36})"/g)].map(([, id]) => id)
    expect(linked).not.toContain(book?.id)
    expect(new Set(linked).size).toBe(linked.length)
  })

  it('stand others also where its author alone could fill the shelf', async () => {
    const seller = await newcomer(stack.shop, 'Librería del Puerto')
    const ids: string[] = []
    for (let count = 1; count <= 14; count++) ids.push(await putOnSale(seller, `Obras completas, ${count}`))
    const { text } = await new Visitor(stack.shop).get(`/es/books/${ids[0]}`)
    const [, sameAuthor = '', akin = ''] = text.split(/<section class="others">/)
    expect(sameAuthor).toContain('Más de Rosalía de Castro')
    expect(sameAuthor.match(/class="card-link"/g)).toHaveLength(6)
    expect(akin).toContain('También en la tienda')
    expect(akin.match(/class="card-link"/g)).toHaveLength(6)
    expect(akin).not.toContain('<p class="card-author">Rosalía de Castro')
  })

  it('is what was seen forgotten by who logs out', async () => {
    const visitor = await newcomer(stack.shop, 'Ana García')
    const [book] = await books('limit=1')
    await visitor.post('/es/seen', { book: book?.id ?? '' })
    expect(visitor.cookies.has('__Host-seen')).toBe(true)
    await visitor.post('/es/logout', {})
    expect(visitor.cookies.has('__Host-seen')).toBe(false)
    expect((await visitor.get('/es/seen')).status).toBe(204)
  })

  it.skipIf(!installed)('stand those seen before, and the page itself is the same for everybody', async () => {
    const [first, second] = await books('limit=2&inStock=true&sort=title')
    const { page, complaints, close } = await openPage(browser, stack.shop.siteUrl)
    await page.goto('/es/')
    expect(await page.locator('#seen').isHidden()).toBe(true)
    const noted = () => page.waitForResponse((answer) => answer.url().endsWith('/seen'))
    await Promise.all([noted(), page.goto(`/es/books/${first?.id}`)])
    const [, answer] = await Promise.all([noted(), page.goto(`/es/books/${second?.id}`)])
    expect((await answer?.allHeaders())?.['cache-control']).toContain('public')
    const shelf = page.getByRole('region', { name: 'Vistos hace poco' })
    expect(
      await shelf.locator('.card-link').evaluateAll((links) => links.map((link) => link.getAttribute('href'))),
    ).toEqual([`/es/books/${first?.id}`])
    const cookie = (await page.context().cookies()).find(({ name }) => name === '__Host-seen')
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax' })
    const home = await page.goto('/es/')
    expect((await home?.allHeaders())?.['cache-control']).toContain('public')
    await shelf.waitFor()
    expect(await shelf.locator('.card-link').count()).toBe(2)
    await page.getByRole('button', { name: 'Olvidar esta lista' }).click()
    await page.waitForURL('**/es/')
    await page.waitForLoadState('load')
    expect((await page.context().cookies()).some(({ name }) => name === '__Host-seen')).toBe(false)
    expect(complaints).toEqual([])
    await close()
  })

  it('is what was seen kept by nobody, and noted by no other site', async () => {
    const visitor = new Visitor(stack.shop)
    expect(await visitor.get('/es/seen')).toMatchObject({
      status: 204,
      headers: { 'cache-control': 'private, no-store' },
    })
    const [book] = await books('limit=1')
    const foreign = { form: { book: book?.id ?? '' }, headers: { origin: 'https://evil.example' } }
    expect((await visitor.ask('POST', '/es/seen', foreign)).status).toBe(403)
    expect(visitor.cookies.size).toBe(0)
    for (const bad of ['', '../x', "'"]) expect((await visitor.post('/es/seen', { book: bad })).status).toBe(204)
    await visitor.post('/es/seen', { book: book?.id ?? '' })
    const shelf = await visitor.get('/es/seen')
    expect(shelf.headers['cache-control']).toBe('private, no-store')
    expect(shelf.text).toContain(`/es/books/${book?.id}`)
    visitor.cookies.set('__Host-seen', 'AAAAAAAAAAAAAAAAAAAAAA')
    expect((await visitor.get('/es/seen')).status).toBe(204)
  })
})
