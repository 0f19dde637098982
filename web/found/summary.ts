const longest = 160

/** The first words of a text, for where a search engine shows a line or two; an ellipsis where there are more. */
export function summary(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim().toWellFormed()
  if (line.length <= longest) return line
  const cut = line.slice(0, longest)
  const words = cut.slice(0, Math.max(cut.lastIndexOf(' '), longest / 2))
  return `${words.toWellFormed().replace(/[\s,;:.–—-]+$/u, '')}…`
}
