import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import sharp from 'sharp'
import { describe, expect, it } from 'vitest'
import { openPage } from './chromium.ts'
import { inBrowser, installed } from './in-browser.ts'
import { type Words, words } from './words.ts'

const site = inBrowser()

/** Puts the first books of the shelves into the cart, each from its own page. */
async function gather(page: Page, lang: string, word: Words, count: number): Promise<void> {
  for (let index = 0; index < count; index++) {
    await page.goto(`/${lang}/books?inStock=true`)
    await page.locator('.results .card-link').nth(index).click()
    await page.getByRole('button', { name: word.add }).click()
    await page
      .getByRole('status')
      .filter({ hasText: /cesta|basket/i })
      .first()
      .waitFor()
  }
}

async function register(page: Page, word: Words): Promise<{ email: string; password: string }> {
  const person = { email: `${randomUUID()}@example.com`, password: `frase larga ${randomUUID()}` }
  await page.locator('main').getByRole('link', { name: word.register }).click()
  await page.getByLabel(word.name, { exact: true }).fill('Inés <Ríos>')
  await page.getByLabel(word.email).fill(person.email)
  await page.getByLabel(word.password).fill(person.password)
  await page.getByRole('button', { name: word.register }).click()
  return person
}

async function deliver(page: Page, word: Words): Promise<void> {
  await page.getByLabel(word.street).fill('Calle Mayor 3, 2.º')
  await page.getByLabel(word.city).fill('Salamanca')
  await page.getByLabel(word.country, { exact: true }).selectOption('ES')
  await page.locator('input[name=deliveryProvider]').first().check()
  await page.getByRole('button', { name: word.toPayment }).click()
}

async function buy(page: Page, lang: 'es' | 'en'): Promise<{ email: string; password: string }> {
  const word = words[lang]
  await gather(page, lang, word, 2)
  await page.goto(`/${lang}/cart`)
  expect(await page.locator('.line').count()).toBe(2)
  await page.getByRole('button', { name: word.checkout }).click()
  await page.waitForURL(/login\?next=/)
  const person = await register(page, word)
  await page.waitForURL(`**/${lang}/checkout`)
  await deliver(page, word)
  await page.waitForURL(/orders\/.+\/pay$/)
  await page.getByLabel(word.declinedCard).check()
  await page.getByRole('button', { name: word.pay }).click()
  await page.getByText(word.declined).waitFor()
  await page.getByLabel(word.acceptedCard).check()
  await page.getByRole('button', { name: word.pay }).click()
  await page.getByText(word.placed).waitFor()
  await page.locator('.timeline').getByText(word.paid).waitFor()
  return person
}

async function leaveAndReturn(page: Page, lang: 'es' | 'en', person: { email: string; password: string }) {
  const word = words[lang]
  await page.locator('.menu summary').click()
  await page.getByRole('button', { name: word.logout }).click()
  await page.getByText(word.bye).waitFor()
  await page.goto(`/${lang}/orders`)
  await page.waitForURL(/login/)
  await page.getByLabel(word.email).fill(person.email)
  await page.getByLabel(word.password).fill('una frase equivocada')
  await page.getByRole('button', { name: word.login }).click()
  await page.locator('.error-summary').waitFor()
  expect(await page.getByLabel(word.email).inputValue()).toBe(person.email)
  expect(await page.getByLabel(word.password).inputValue()).toBe('')
  await page.getByLabel(word.password).fill(person.password)
  await page.getByRole('button', { name: word.login }).click()
  await page.waitForURL(`**/${lang}/orders`)
  expect(await page.locator('.rows > li').count()).toBe(1)
}

async function sell(page: Page, lang: 'es' | 'en'): Promise<void> {
  const word = words[lang]
  await page.goto(`/${lang}/sell`)
  await page.locator('#title').fill('El libro de <b>prueba</b>')
  await page.locator('#author').fill('Autora & Co.')
  await page.locator('#year').fill('1999')
  await page.locator('#price').fill('doce')
  await page.getByRole('button', { name: word.publish }).click()
  await page.locator('#price-error').waitFor()
  expect(await page.locator('#price').getAttribute('aria-invalid')).toBe('true')
  expect(await page.locator('#title').inputValue()).toBe('El libro de <b>prueba</b>')
  await page.locator('#price').fill('12,5')
  const image = await sharp({ create: { width: 400, height: 600, channels: 3, background: '#355' } })
    .png()
    .toBuffer()
  await page.locator('#cover').setInputFiles({ name: 'cubierta.png', mimeType: 'image/png', buffer: image })
  await page.getByRole('button', { name: word.publish }).click()
  await page.waitForURL(/done=published/)
  expect(await page.locator('h1').textContent()).toBe('El libro de <b>prueba</b>')
  const cover = page.locator('.book-cover img')
  expect(await cover.getAttribute('src')).toMatch(/^\/api\/catalog\/covers\//)
  expect(
    await cover.evaluate((element) => (element as unknown as { naturalWidth: number }).naturalWidth),
  ).toBeGreaterThan(0)
  await page.goto(`/${lang}/my-books`)
  await page.locator('.row-action').first().click()
  await page.locator('#stock').fill('7')
  await page.getByRole('button', { name: word.save }).click()
  await page.waitForURL(/done=saved/)
  await page.goto(`/${lang}/my-books`)
  await page.locator('.row-action').first().click()
  await page.getByRole('button', { name: word.withdraw }).click()
  await page.waitForURL(/done=removed/)
  expect(await page.locator('.rows > li').count()).toBe(0)
}

describe.skipIf(!installed)('a reader', () => {
  it.each([
    ['es', false],
    ['es', true],
    ['en', false],
    ['en', true],
  ] as const)('buys, sells and comes back: %s, scripts %s', async (lang, javaScriptEnabled) => {
    const { page, complaints, close } = await openPage(site.browser, site.stack.shop.siteUrl, { javaScriptEnabled })
    const person = await buy(page, lang)
    await leaveAndReturn(page, lang, person)
    await sell(page, lang)
    expect(complaints).toEqual([])
    await close()
  })

  it('finds while typing, and the address follows', async () => {
    const { page, complaints, close } = await openPage(site.browser, site.stack.shop.siteUrl)
    await page.goto('/es/books')
    await page.locator('#search').pressSequentially('quijote', { delay: 30 })
    await page.waitForURL(/q=quijote/)
    await page.locator('.results .card-title', { hasText: 'Quijote' }).first().waitFor()
    expect(await page.locator('h1').textContent()).toBe('Resultados de «quijote»')
    expect(await page.locator('#search').inputValue()).toBe('quijote')
    await page.locator('#search').fill('zzzzqqqq')
    await page.getByRole('heading', { name: 'No hay libros que coincidan' }).waitFor()
    await page.locator('#search').fill('')
    await page.locator('.results .results-count').waitFor()
    expect(complaints).toEqual([])
    await close()
  })

  it('goes through the shelves page by page, and back', async () => {
    const { page, close } = await openPage(site.browser, site.stack.shop.siteUrl, { javaScriptEnabled: false })
    await page.goto('/es/books?sort=title')
    const first = await page.locator('.card-title').first().textContent()
    await page.locator('.pages [rel=next]').click()
    await page.waitForURL(/cursor=/)
    const titles = await page.locator('.card-title').allTextContents()
    expect(titles).toHaveLength(24)
    expect(titles).not.toContain(first)
    await page.goBack()
    expect(await page.locator('.card-title').first().textContent()).toBe(first)
    await close()
  })
})
