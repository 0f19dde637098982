const longest = 35

/** The canonical form of a BCP 47 tag ('ES-mx' -> 'es-MX'), or undefined when it is not well-formed. */
export function canonicalLanguage(tag: string): string | undefined {
  if (tag.length > longest) return undefined
  try {
    return Intl.getCanonicalLocales(tag)[0]
  } catch {
    return undefined
  }
}
