import { describe, expect, it } from 'vitest'
import { openPage } from './chromium.ts'
import { inBrowser, installed } from './in-browser.ts'

const site = inBrowser()

describe.skipIf(!installed)('a form', () => {
  it('says beside its fields what is wrong before it is sent, in the page’s language', async () => {
    // The browser speaks another language than the page.
    const { page, complaints, close } = await openPage(site.browser, site.stack.shop.siteUrl, { locale: 'en-GB' })
    const sent: string[] = []
    page.on('request', (request) => request.method() === 'POST' && sent.push(request.url()))
    await page.goto('/es/register')
    const submit = page.locator('main').getByRole('button', { name: 'Crear cuenta' })
    await page.getByLabel('Nombre').fill('Inés')
    await submit.click()
    expect(await page.locator('.error').allTextContents()).toEqual(['Falta este dato.', 'Falta este dato.'])
    expect(await page.evaluate('document.activeElement.id')).toBe('email')
    const email = page.getByLabel('Correo electrónico')
    expect(await email.getAttribute('aria-describedby')).toBe('email-error')
    expect(await email.getAttribute('aria-invalid')).toBe('true')
    await email.fill('ines')
    await page.keyboard.press('Tab')
    await expect.poll(() => page.locator('#email-error').textContent()).toContain('ana@ejemplo.com')
    await email.fill('ines@example.com')
    await page.keyboard.press('Tab')
    expect(await page.locator('#email-error').count()).toBe(0)
    expect(await email.getAttribute('aria-describedby')).toBe(null)
    await page.getByLabel('Contraseña').fill('corta')
    await page.keyboard.press('Enter')
    expect(await page.locator('#password-error').textContent()).toBe('Es demasiado corto: al menos 10 caracteres.')
    expect(await page.getByLabel('Contraseña').getAttribute('aria-describedby')).toBe('password-hint password-error')
    expect(sent).toEqual([])
    await page.getByLabel('Contraseña').fill('una frase bastante larga')
    // Nothing moves away under a press that takes its time.
    await submit.click({ delay: 150 })
    await page.waitForURL('**/es/')
    expect(sent).toHaveLength(1)
    expect(complaints).toEqual([])
    await close()
  })

  it('that the server refuses is judged anew as it is mended', async () => {
    const { page, close } = await openPage(site.browser, site.stack.shop.siteUrl)
    await page.goto('/en/register')
    await page.evaluate('document.querySelector("main form").noValidate = true')
    await page.evaluate('document.querySelector("main form").submit()')
    await page.locator('.error-summary:focus').waitFor()
    await page.locator('.error-summary a', { hasText: 'Name' }).click()
    expect(await page.evaluate('document.activeElement.id')).toBe('name')
    await page.keyboard.type('Inés')
    await page.keyboard.press('Tab')
    expect(await page.locator('#name-error').count()).toBe(0)
    expect(await page.locator('#email-error').textContent()).toBe('This is missing.')
    await close()
  })
})
