import type { BrowserContextOptions, Page } from 'playwright-core'
import sharp from 'sharp'
import { beforeAll, describe, expect, it } from 'vitest'
import { openPage } from './chromium.ts'
import { type Household, household, inTown, newcomer } from './household.ts'
import { inBrowser, installed } from './in-browser.ts'
import type { Visitor } from './visitor.ts'
import { words } from './words.ts'

let home: Household

const site = inBrowser()

beforeAll(async () => {
  if (!installed) return
  home = await household(site.stack.shop)
})

/** A browser of its own in which `visitor` is logged in. */
async function openAs(visitor: Visitor, options: BrowserContextOptions = {}) {
  const watched = await openPage(site.browser, site.stack.shop.siteUrl, options)
  const url = site.stack.shop.siteUrl
  await watched.page
    .context()
    .addCookies([...visitor.cookies].map(([name, value]) => ({ name, value, url, secure: true, httpOnly: true })))
  return watched
}

const own = {
  es: {
    add: 'Añadir una dirección',
    save: 'Guardar la dirección',
    prefer: /^Preferir la dirección de .* Rúa Nova 2$/,
    another: 'Otra dirección',
    keep: 'Guardar esta dirección para la próxima vez',
    pause: /^Pausar la venta/,
    paused: 'En pausa',
    stock: /^Guardar los ejemplares/,
    end: /^Cerrar la sesión de Safari en iPhone/,
    ended: 'Sesión cerrada.',
    sure: /^Lo entiendo/,
    close: 'Cerrar mi cuenta',
    closed: /^Tu cuenta está cerrada/,
  },
  en: {
    add: 'Add an address',
    save: 'Save the address',
    prefer: /^Prefer the address of .* Rúa Nova 2$/,
    another: 'Another address',
    keep: 'Save this address for next time',
    pause: /^Pause the sale/,
    paused: 'Paused',
    stock: /^Save the copies/,
    end: /^End the session of Safari on iPhone/,
    ended: 'Session ended.',
    sure: /^I understand/,
    close: 'Close my account',
    closed: /^Your account is closed/,
  },
} as const

async function writeAddress(page: Page, street: string): Promise<void> {
  await page.locator('#name').fill(inTown.name)
  await page.locator('#street').fill(street)
  await page.locator('#city').fill(inTown.city)
  await page.locator('#country').selectOption('ES')
}

async function keepAddresses(page: Page, lang: 'es' | 'en'): Promise<void> {
  const say = own[lang]
  await page.goto(`/${lang}/addresses`)
  for (const street of ['Calle Mayor 1', 'Rúa Nova 2']) {
    await page.getByRole('link', { name: say.add }).click()
    await writeAddress(page, street)
    await page.getByRole('button', { name: say.save }).click()
    await page.waitForURL(/done=saved/)
  }
  await page.getByRole('button', { name: say.prefer }).click()
  await page.waitForURL(/done=preferred/)
  expect(await page.locator('.address-cards > li').first().textContent()).toContain('Rúa Nova 2')
}

async function buyWithBook(page: Page, lang: 'es' | 'en'): Promise<void> {
  const say = own[lang]
  await page.goto(`/${lang}/books/${home.book}`)
  await page.getByRole('button', { name: words[lang].add }).click()
  await page.goto(`/${lang}/checkout`)
  expect(await page.locator('#street').isVisible()).toBe(false)
  await page.getByLabel(say.another).check()
  await writeAddress(page, 'Avenida del Mar 3')
  await page.getByLabel(say.keep).check()
  await page.locator('input[name=deliveryProvider]:enabled').first().check()
  await page.getByRole('button', { name: words[lang].toPayment }).click()
  await page.waitForURL(/\/pay$/)
  await page.getByText('Avenida del Mar 3').waitFor()
  await page.goto(`/${lang}/addresses`)
  expect(await page.locator('.address-cards > li').count()).toBe(3)
}

async function sellAndPause(page: Page, lang: 'es' | 'en'): Promise<void> {
  const say = own[lang]
  await page.goto(`/${lang}/sell`)
  for (const [name, value] of Object.entries({ title: 'Sar', author: 'Rosalía', year: '1884', price: '9' }))
    await page.locator(`#${name}`).fill(value)
  await page.getByRole('button', { name: words[lang].publish }).click()
  await page.waitForURL(/done=published/)
  await page.goto(`/${lang}/my-books`)
  await page.getByRole('spinbutton').fill('6')
  await page.getByRole('button', { name: say.stock }).click()
  await page.waitForURL(/done=stock/)
  expect(await page.getByRole('spinbutton').inputValue()).toBe('6')
  await page.getByRole('button', { name: say.pause }).click()
  await page.locator('.row-paused').getByText(say.paused, { exact: true }).waitFor()
}

describe.skipIf(!installed)('without scripts', () => {
  it.each(['es', 'en'] as const)('addresses, a purchase, a sale and the account are handled: %s', async (lang) => {
    const say = own[lang]
    const visitor = await newcomer(site.stack.shop, inTown.name)
    const { page, complaints, close } = await openAs(visitor, { javaScriptEnabled: false })
    await keepAddresses(page, lang)
    await sellAndPause(page, lang)
    await page.goto(`/${lang}/account`)
    await page.getByRole('button', { name: say.end }).click()
    await page.getByText(say.ended).waitFor()
    await buyWithBook(page, lang)
    await close()
    expect(complaints).toEqual([])
  })

  it('an account is closed by its owner', async () => {
    const visitor = await newcomer(site.stack.shop, inTown.name)
    const { page, close } = await openAs(visitor, { javaScriptEnabled: false })
    await page.goto('/en/account/close')
    await page.getByLabel(own.en.sure).check()
    await page.getByRole('button', { name: own.en.close }).click()
    await page.getByText(own.en.closed).waitFor()
    await close()
  })
})

describe.skipIf(!installed)('a photo of a cover', () => {
  it('is dropped on its field and shown before it is sent; what is none is refused at once', async () => {
    const { page, complaints, close } = await openAs(home.visitor)
    await page.goto('/es/sell')
    const photo = await sharp({ create: { width: 80, height: 120, channels: 3, background: '#355' } })
      .png()
      .toBuffer()
    const drop = (base64: string, type: string) =>
      page.evaluate(`(() => {
        const bytes = Uint8Array.from(atob('${base64}'), (letter) => letter.charCodeAt(0))
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File([bytes], 'foto <b>.png', { type: '${type}' }))
        const options = { dataTransfer, bubbles: true, cancelable: true }
        document.querySelector('.drop').dispatchEvent(new DragEvent('drop', options))
      })()`)
    await drop(photo.toString('base64'), 'image/png')
    await page.getByRole('img', { name: 'Vista previa de foto <b>.png' }).waitFor()
    const ofInput = (what: string) => page.evaluate(`document.querySelector('#cover').${what}`)
    expect(await ofInput('files[0].size')).toBe(photo.length)
    await drop(Buffer.from('<svg/>').toString('base64'), 'image/svg+xml')
    await page.locator('.drop canvas').waitFor({ state: 'hidden' })
    expect(await ofInput('validationMessage')).toContain('JPEG')
    expect(complaints).toEqual([])
    await close()
  })
})

describe.skipIf(!installed)('on paper', () => {
  it('a receipt is all there is', async () => {
    const { page, close } = await openAs(home.visitor)
    await page.goto(`/es/orders/${home.order}/receipt`)
    expect(await page.locator('[data-print]').isVisible()).toBe(true)
    await page.emulateMedia({ media: 'print' })
    for (const hidden of ['.top', '.bottom', '.receipt .actions'])
      expect(await page.locator(hidden).isVisible()).toBe(false)
    expect(await page.getByRole('table').isVisible()).toBe(true)
    await close()
  })
})
