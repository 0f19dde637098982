import type { Shop } from '../../provisioners/site.ts'

/** A neighbourhood second-hand bookshop, Spanish first: what stands there before anybody has configured anything. */
export const defaultShop: Shop = {
  name: 'Librería La Buhardilla',
  tagline: {
    es: 'Libros con historia, de mano en mano',
    en: 'Books with a past, passed from hand to hand',
  },
  accent: '#7a1f2b',
  languages: ['es', 'en'],
  contact: undefined,
  legal: {
    es: 'Cada libro lo vende su dueño; la librería pone el mostrador y responde de que llegue.',
    en: 'Every book is sold by its owner; the shop keeps the counter and sees that it arrives.',
  },
  catalogue: 'classics',
}

export const defaultDomain = 'bookstore.localhost'
export const defaultName = 'bookstore'
export const defaultHttpsPort = 8443
export const defaultHttpPort = 8080
export const defaultCurrency = 'USD'

/** https://letsencrypt.org/docs/acme-protocol-updates/ */
export const authorities = {
  letsencrypt: 'https://acme-v02.api.letsencrypt.org/directory',
  'letsencrypt-staging': 'https://acme-staging-v02.api.letsencrypt.org/directory',
} as const
