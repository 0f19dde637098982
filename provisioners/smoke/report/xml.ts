const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\t': '&#9;',
  '\n': '&#10;',
  '\r': '&#13;',
}

/** Text for an element or attribute. What XML 1.0 has no way to write (section 2.2, Char) becomes U+FFFD. */
export function escapeXml(text: string): string {
  return Array.from(text.toWellFormed(), (it) => entities[it] ?? (isXml(it.codePointAt(0) ?? 0) ? it : '\ufffd')).join(
    '',
  )
}

function isXml(code: number): boolean {
  return code >= 0x20 && code !== 0xfffe && code !== 0xffff
}
