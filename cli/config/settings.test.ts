import { describe, expect, test } from 'vitest'
import { TemporaryConfig } from './testing/temporary-config.ts'

const config = new TemporaryConfig()

describe('from settings to a site', () => {
  test('a public domain is previewed under a local name, and that is said', async () => {
    const site = await config.loadText('domain: proyecto2.online\naliases: [www.proyecto2.online, proyecto2.online]\n')
    expect(site).toMatchObject({ domain: 'proyecto2-online.localhost', aliases: ['www-proyecto2-online.localhost'] })
    expect(config.events).toEqual([
      expect.objectContaining({
        type: 'note',
        level: 'info',
        message: expect.stringContaining('proyecto2.online is a public name'),
      }),
    ])
  })

  test('other alphabets are welcome', async () => {
    expect((await config.loadText('domain: librería.localhost\n')).domain).toBe('xn--librera-dza.localhost')
  })

  test('a text in one language serves both', async () => {
    const { shop } = await config.loadText('shop: {tagline: {es: Hola}, legal: {en: Hello}, accent: "#ABCDEF"}\n')
    expect(shop).toMatchObject({
      tagline: { es: 'Hola', en: 'Hola' },
      legal: { es: 'Hello', en: 'Hello' },
      accent: '#abcdef',
    })
  })
})
