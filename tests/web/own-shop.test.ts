import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { startShop, type TestShop } from '../support/shop.ts'
import { newcomer, purchase, putOnSale } from './household.ts'
import { Visitor } from './visitor.ts'

const own = {
  name: 'The Nook & Sons',
  tagline: { es: 'Libros <raros>', en: 'Rare <books>' },
  accent: '#1d4d3c',
  languages: ['en'],
  contact: 'hello@nook.example',
  legal: { es: 'Ventas finales.', en: 'All sales are "final" & fair.' },
  catalogue: 'empty',
}
let shop: TestShop

beforeAll(async () => {
  const services = ['auth', 'catalog', 'sales', 'payments', 'gateway', 'web'] as const
  const euros = { BOOKSTORE_CURRENCY: 'EUR' }
  const web = { ...euros, BOOKSTORE_SHOP: JSON.stringify(own) }
  shop = await startShop(inject('cluster'), { services, env: { catalog: euros, sales: euros, payments: euros, web } })
})
afterAll(() => shop?.close())

const read = (html: string) =>
  html
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&')

describe('a shop that its operator has made their own', () => {
  it('says its name, its line, its contact and its small print on every page', async () => {
    const visitor = new Visitor(shop)
    for (const path of ['/', '/en/', '/en/books', '/en/cart', '/en/login', '/en/about', '/en/nothing-here']) {
      const { text } = await visitor.get(path)
      expect(text, path).toMatch(/<title>[^<]*The Nook &amp; Sons/)
      const footer = read(text.slice(text.indexOf('<footer')))
      for (const words of [own.name, own.tagline.en, own.contact, own.legal.en]) expect(footer, path).toContain(words)
      expect(text).toContain('href="mailto:hello@nook.example"')
      expect(text).not.toContain('Buhardilla')
    }
    for (const path of ['/en/manifest.webmanifest', '/en/feed.atom'])
      expect((await visitor.get(path)).text).toMatch(/The Nook (?:&|&amp;) Sons/)
  })

  it('speaks the languages it was given and no other', async () => {
    const visitor = new Visitor(shop)
    const { text } = await visitor.get('/', { 'accept-language': 'es' })
    expect(text).toContain('<html lang="en">')
    expect(text).not.toContain('class="language"')
    expect(text).not.toContain('hreflang="es"')
    for (const path of ['/es/', '/es/books', '/es/feed.atom']) expect((await visitor.get(path)).status).toBe(404)
    expect((await visitor.get('/sitemap.xml')).text).not.toContain('/es/')
  })

  it('wears its colour, in the styles and on its icon', async () => {
    const visitor = new Visitor(shop)
    const { text } = await visitor.get('/en/')
    const [, styles = ''] = /rel="stylesheet" href="([^"]+)"/.exec(text) ?? []
    const [, icon = ''] = /rel="icon" href="([^"]+)"/.exec(text) ?? []
    expect((await visitor.get(styles)).text).toContain('--accent:#1d4d3c')
    expect((await visitor.get(icon)).text).toContain('#1d4d3c')
  })

  it('counts in its currency, and begins with empty shelves', async () => {
    expect((await new Visitor(shop).get('/en/')).text).toContain('The shelves are still empty')
    const seller = await newcomer(shop, 'Tecla Ríos', '', 'en')
    const id = await putOnSale(seller, 'Sar', 'en')
    expect((await new Visitor(shop).get(`/en/books/${id}`)).text).toContain('€12.50')
    const buyer = await newcomer(shop, 'Ana García', '', 'en')
    const order = await purchase(buyer, [id], 'en')
    const receipt = await buyer.get(`/en/orders/${order}/receipt`)
    expect(receipt.text).toContain('€27.40')
    expect(receipt.text).toContain(own.contact)
  })
})
