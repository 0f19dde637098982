/** What has to be passed over as a whole, so that a semicolon in it ends nothing. */
const opaque = [
  /^--[^\n]*/,
  /^'(?:[^']|'')*'/,
  /^"(?:[^"]|"")*"/,
  // Dollar quoting, with or without a tag.
  /^\$([A-Za-z_]\w*)?\$[\s\S]*?\$\1\$/,
]
const openings = /^(?:'|"|\/\*|\$(?:[A-Za-z_]\w*)?\$)/

export interface Split {
  statements: string[]
  /** What has no semicolon yet. */
  rest: string
}

/** Cuts text at the semicolons that end a statement (PostgreSQL's lexical rules, chapter 4.1). */
export function splitStatements(text: string): Split {
  const statements: string[] = []
  let start = 0
  let position = 0
  while (position < text.length) {
    const length = opaqueLength(text.slice(position))
    if (length === undefined) break
    if (length === 0 && text[position] === ';') {
      statements.push(text.slice(start, position).trim())
      start = position + 1
    }
    position += Math.max(1, length)
  }
  return { statements: statements.filter((statement) => statement !== ''), rest: text.slice(start) }
}

/** Length of what begins here and is to be passed over; 0 for an ordinary character, undefined when it does not end. */
function opaqueLength(text: string): number | undefined {
  if (text.startsWith('/*')) return commentLength(text)
  for (const form of opaque) {
    const found = form.exec(text)
    if (found) return found[0].length
  }
  return openings.test(text) ? undefined : 0
}

/** Comments nest. */
function commentLength(text: string): number | undefined {
  let depth = 0
  for (const mark of text.matchAll(/\/\*|\*\//g)) {
    depth += mark[0] === '/*' ? 1 : -1
    if (depth === 0) return mark.index + 2
  }
  return undefined
}
