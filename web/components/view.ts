import { createContext } from 'preact'
import { useContext } from 'preact/hooks'
import type { LinkQuery } from '../app/links.ts'
import type { Cover } from '../gateway/schemas.ts'
import type { Money } from '../i18n/format.ts'
import type { Messages } from '../i18n/messages.ts'
import type { IconName } from '../pictures/pictures.ts'
import type { Language, Shop } from '../settings.ts'

/** What a book's cover is drawn from, or where its image is. */
export interface CoverSource {
  title: string
  author: string
  cover?: Cover | null | undefined
}

/** What every component may know of the page it is on. */
export interface View {
  lang: Language
  t: Messages
  /** After the language, with the query. */
  path: string
  shop: Shop
  currency: string
  origin: string
  asset(name: string): string
  /** Of the cover that we draw where there is no image. */
  drawnCover(book: CoverSource): string
  /** The card that is shown where somebody shares a page about a book. */
  card(book: CoverSource): { url: string; width: number; height: number }
  /** Of the shop's icon as PNG. */
  picture(name: IconName): string
  user: { id: string; name: string } | undefined
  cartCount: number
  /** A link within the shop, in the page's language. */
  to(path: string, query?: LinkQuery): string
  money(value: Money): string
}

export const ViewContext = createContext<View | undefined>(undefined)

/** @throws Error outside of a page. */
export function useView(): View {
  const view = useContext(ViewContext)
  if (!view) throw new Error('a component outside of a page')
  return view
}
