import { type JsonLd, scriptSafeJson } from '../found/json-ld.ts'
import { useView } from './view.ts'

export interface Picture {
  /** After the origin. */
  url: string
  width?: number
  height?: number
}

export interface FoundProps {
  title: string
  description: string
  /** Of the card that is shown where somebody shares the page; the shop's own unless told. */
  picture?: Picture | undefined
  /** schema.org data about what the page shows. */
  data?: JsonLd | undefined
}

/** A data block is no script to a browser: the policy of the page does not concern it. Its text is escaped for this place. */
function Data({ data }: { data: JsonLd }) {
  return <script type="application/ld+json" dangerouslySetInnerHTML={{ __html: scriptSafeJson(data) }} />
}

/** What other programs read of a page: search engines, feed readers, chats, the home screen of a phone. */
export function Found({ title, description, picture, data }: FoundProps) {
  const { t, to, shop, lang, origin, card, picture: file } = useView()
  const shown = picture ?? card({ title: shop.name, author: shop.tagline[lang] })
  return (
    <>
      <meta property="og:type" content={picture ? 'book' : 'website'} />
      <meta property="og:description" content={description} />
      <meta property="og:image" content={origin + shown.url} />
      {shown.width && <meta property="og:image:width" content={String(shown.width)} />}
      {shown.height && <meta property="og:image:height" content={String(shown.height)} />}
      <meta property="og:image:alt" content={title} />
      <meta name="twitter:card" content="summary_large_image" />
      <link rel="alternate" type="application/atom+xml" title={t.feed.title(shop.name)} href={to('/feed.atom')} />
      <link rel="manifest" href={to('/manifest.webmanifest')} />
      <link rel="apple-touch-icon" href={file('touch')} />
      {data && <Data data={data} />}
    </>
  )
}
