import type { ComponentChildren } from 'preact'
import type { JsonLd } from '../found/json-ld.ts'
import type { Language } from '../settings.ts'
import { Footer } from './footer.tsx'
import { Found, type Picture } from './found.tsx'
import { Header } from './header.tsx'
import { useView } from './view.ts'

export interface PageHead {
  title: string
  description?: string
  /** The canonical path after the language; without it the page is not for search engines. */
  canonical?: string
  /** Of the card that is shown where somebody shares the page; the shop's own unless told. */
  picture?: Picture | undefined
  /** schema.org data about what the page shows. */
  data?: JsonLd
  /** A name for styles and scripts: 'book', 'cart'. */
  kind: string
}

const locales: Readonly<Record<Language, string>> = { es: 'es_ES', en: 'en_GB' }

function Alternates({ canonical }: { canonical: string }) {
  const { origin, lang, shop, to } = useView()
  return (
    <>
      <link rel="canonical" href={origin + to(canonical)} />
      {shop.languages.map((other) => (
        <link key={other} rel="alternate" hreflang={other} href={`${origin}/${other}${canonical}`} />
      ))}
      {canonical === '/' && <link rel="alternate" hreflang="x-default" href={`${origin}/`} />}
      <meta property="og:url" content={origin + to(canonical)} />
      <meta property="og:locale" content={locales[lang]} />
    </>
  )
}

/**
 * What the script betters is better from the first picture on, so that nothing changes before the reader's eyes; it is
 * fetched beside the styles, which take longer. Preact's types do not know the attribute.
 * https://html.spec.whatwg.org/multipage/urls-and-fetching.html#blocking-attributes
 */
const beforePaint = { blocking: 'render' }

function Head({ head }: { head: PageHead }) {
  const { shop, asset, lang } = useView()
  const title = head.canonical === '/' ? `${shop.name} · ${shop.tagline[lang]}` : `${head.title} · ${shop.name}`
  const description = head.description || shop.tagline[lang] || shop.name
  return (
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <title>{title}</title>
      <meta name="description" content={description} />
      <meta property="og:site_name" content={shop.name} />
      <meta property="og:title" content={head.title} />
      {head.canonical === undefined ? (
        <meta name="robots" content="noindex" />
      ) : (
        <Alternates canonical={head.canonical} />
      )}
      <Found title={head.title} description={description} picture={head.picture} data={head.data} />
      <meta name="color-scheme" content="light dark" />
      <meta name="theme-color" content="#f7f1e5" media="(prefers-color-scheme: light)" />
      <meta name="theme-color" content="#201912" media="(prefers-color-scheme: dark)" />
      <link rel="preload" href={asset('literata.woff2')} as="font" type="font/woff2" crossorigin="anonymous" />
      <link rel="stylesheet" href={asset('shop.css')} />
      <link rel="icon" href={asset('icon.svg')} type="image/svg+xml" />
      <script type="module" src={asset('shop.js')} {...beforePaint} />
    </head>
  )
}

/** The whole document around a page's content. */
export function Layout({ head, children }: { head: PageHead; children: ComponentChildren }) {
  const { lang, t } = useView()
  return (
    <html lang={lang}>
      <Head head={head} />
      <body class={`page-${head.kind}`}>
        <a class="skip" href="#content">
          {t.skip}
        </a>
        <aside aria-label={t.notice}>
          <p class="demo">{t.demo}</p>
        </aside>
        <Header />
        <main id="content" tabIndex={-1}>
          {children}
        </main>
        <Footer />
        <div id="announcer" class="visually-hidden" role="status" />
      </body>
    </html>
  )
}
