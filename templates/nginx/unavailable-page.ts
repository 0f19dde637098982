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

/** What a shopper sees while the pages cannot be reached. It loads nothing and tries again by itself. */
export function unavailablePage({ shop, accent }: UnavailablePage): string {
  return `<!doctype html>
<html lang="es">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="refresh" content="3">
<title>${escapeHtml(shop)}</title>
<style>${style(accent)}</style>
</head>
<body>
<main>
<h1>${escapeHtml(shop)}</h1>
<p>Volvemos en un momento. Esta página se recarga sola.</p>
<p lang="en">We will be back in a moment. This page reloads by itself.</p>
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
