import type { Language } from '../settings.ts'

export type LinkQuery = Readonly<Record<string, string | undefined>>

/** A link within the shop. Every value is encoded here and nowhere else. */
export function link(lang: Language, path: string, query: LinkQuery = {}): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') search.set(name, value)
  const text = search.toString()
  return `/${lang}${path}${text && `?${text}`}`
}
