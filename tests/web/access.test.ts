import { describe, expect, it } from 'vitest'
import { openPage } from './chromium.ts'
import { inBrowser, installed } from './in-browser.ts'

const site = inBrowser()

describe.skipIf(!installed)('the focus', () => {
  it('begins with a skip link, and can be seen', async () => {
    const { page, close } = await openPage(site.browser, site.stack.shop.siteUrl)
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

  it('moves to what is wrong, also without scripts', async () => {
    for (const javaScriptEnabled of [true, false]) {
      const { page, close } = await openPage(site.browser, site.stack.shop.siteUrl, { javaScriptEnabled })
      await page.goto('/es/login')
      await page.getByLabel('Correo electrónico').fill('ana@example.com')
      await page.getByLabel('Contraseña').fill('no es esta')
      await page.locator('main').getByRole('button', { name: 'Entrar' }).click()
      await page.locator('.error-summary:focus').waitFor()
      await close()
    }
  })

  it('stays where it was when a quantity in the basket is taken at once', async () => {
    const { page, close } = await openPage(site.browser, site.stack.shop.siteUrl)
    await page.goto('/es/books?inStock=true&sort=title')
    await page.locator('.results .card-link').first().click()
    await page.locator('.buy button[type=submit]').click()
    await page.getByRole('link', { name: 'Ver la cesta' }).click()
    const quantity = page.getByRole('spinbutton')
    await quantity.fill('3')
    await Promise.all([page.waitForResponse(/\/cart$/), page.keyboard.press('Tab')])
    await expect.poll(() => page.locator('.cart-count').textContent()).toContain('3')
    expect(await page.evaluate('document.activeElement.closest(".line, .basket-tools, .summary") !== null')).toBe(true)
    await close()
  })
})
