import { createHash } from 'node:crypto'

export interface UnavailablePage {
  shop: string
  /** `#rrggbb`. */
  accent: string
}

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}
const escapeHtml = (text: string) => text.replace(/[&<>"']/g, (sign) => escapes[sign] ?? sign)

const style = (accent: string) =>
  `:root{color-scheme:light dark}body{font:1.1rem/1.6 system-ui,sans-serif;max-width:34rem;margin:18vh auto;padding:0 1.5rem}h1{font-size:1.4rem;border-top:.3rem solid ${accent};padding-top:1rem}`

/** What is said, in Spanish and in English, and after how many seconds the page asks again by itself. */
const sayings = {
  unavailable: {
    es: 'Volvemos en un momento. Esta página se recarga sola.',
    en: 'We will be back in a moment. This page reloads by itself.',
    again: 3,
  },
  maintenance: {
    es: 'Estamos de mantenimiento y volvemos enseguida. Esta página se recarga sola.',
    en: 'We are doing maintenance and will be back soon. This page reloads by itself.',
    again: 30,
  },
  'too-many': {
    es: 'Demasiados intentos desde su dirección. Vuelva a intentarlo en un minuto.',
    en: 'Too many attempts from your address. Please try again in a minute.',
    again: undefined,
  },
}

export type Saying = keyof typeof sayings

/** What a shopper sees while the pages cannot be reached. It loads nothing. */
export function unavailablePage({ shop, accent }: UnavailablePage, saying: Saying = 'unavailable'): string {
  const { es, en, again } = sayings[saying]
  return `<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
${again === undefined ? '' : `<meta http-equiv="refresh" content="${again}">\n`}<title>${escapeHtml(shop)}</title>
<style>${style(accent)}</style>
</head>
<body>
<main>
<h1>${escapeHtml(shop)}</h1>
<p>${es}</p>
<p lang="en">${en}</p>
</main>
</body>
</html>
`
}

/** A policy that lets exactly this page's style through. */
export function unavailablePolicy({ accent }: UnavailablePage): string {
  const hash = createHash('sha256').update(style(accent)).digest('base64')
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`
}
