import type { Context } from 'koa'
import { hashOf } from '../assets/assets.ts'
import type { Signer } from '../cart/signed.ts'
import { type CoverText, coverTextLimit } from '../covers/url.ts'
import { cardHeight, cardWidth, drawCard } from './card.ts'
import { drawIcon, type IconForm, iconColour } from './icon.ts'
import { Queue } from './queue.ts'

/** Raised when the drawing of cards or icons changes. */
const version = '1'
const mostKept = 100

const icons = {
  small: { size: 192, bleeds: false },
  large: { size: 512, bleeds: false },
  maskable: { size: 512, bleeds: true },
  touch: { size: 180, bleeds: true },
} as const satisfies Record<string, IconForm>
export type IconName = keyof typeof icons

const cut = (text: string) => text.slice(0, coverTextLimit).toWellFormed()

/** Pictures that are made when somebody asks for them: each address says all that it is made of, and never changes. */
export class Pictures {
  readonly #shop: { name: string; accent: string }
  readonly #icon: string
  readonly #signer: Signer
  readonly #queue = new Queue()
  readonly #kept = new Map<string, Promise<Buffer>>()

  /** @param icon the shop's icon as SVG */
  constructor(shop: { name: string; accent: string }, icon: string, signer: Signer) {
    this.#shop = shop
    this.#icon = icon
    this.#signer = signer
  }

  iconUrl(name: IconName): string {
    return `/icons/${name}-${hashOf(version + this.#icon)}.png`
  }

  /** The card of a book. The signature keeps others from having the shop draw what they like. */
  cardUrl(book: CoverText): string {
    const query = new URLSearchParams({ t: cut(book.title), a: cut(book.author) })
    return `/cards/${this.#signature(book)}.png?${query}`
  }

  card(book: CoverText): { url: string; width: number; height: number } {
    return { url: this.cardUrl(book), width: cardWidth, height: cardHeight }
  }

  /** Answers `/icons/…` and `/cards/…`. False for an address that is not ours. @throws Problem 429 */
  async serve(context: Context, folder: string | undefined, name: string): Promise<boolean> {
    const draw = folder === 'icons' ? this.#iconAt(name) : folder === 'cards' ? this.#cardAt(context, name) : undefined
    if (!draw) return false
    context.status = 200
    context.set('etag', `"${name}"`)
    context.set('cache-control', 'public, max-age=31536000, immutable')
    if (context.fresh) {
      context.status = 304
      return true
    }
    context.body = await this.#make(folder + context.url, draw)
    context.type = 'image/png'
    return true
  }

  #signature({ title, author }: CoverText): string {
    const { name, accent } = this.#shop
    return this.#signer.sign(JSON.stringify(['card', version, name, accent, cut(title), cut(author)]))
  }

  #iconAt(name: string): (() => Promise<Buffer>) | undefined {
    for (const [icon, form] of Object.entries(icons))
      if (`/icons/${name}` === this.iconUrl(icon as IconName)) return () => drawIcon(this.#icon, form)
    return undefined
  }

  #cardAt(context: Context, name: string): (() => Promise<Buffer>) | undefined {
    const query = new URLSearchParams(context.querystring)
    const text = { title: query.get('t') ?? '', author: query.get('a') ?? '' }
    if (name !== `${this.#signature(text)}.png`) return undefined
    return () => drawCard(text, this.#shop.name, iconColour(this.#shop.accent))
  }

  /** The latest pictures are kept, and each is made once however many ask for it at the same time. */
  async #make(key: string, draw: () => Promise<Buffer>): Promise<Buffer> {
    const kept = this.#kept.get(key)
    if (kept) return kept
    const made = this.#queue.run(draw)
    this.#kept.set(key, made)
    const oldest = this.#kept.keys().next().value
    if (this.#kept.size > mostKept && oldest !== undefined) this.#kept.delete(oldest)
    made.catch(() => this.#kept.delete(key))
    return made
  }
}
