import { widthOf } from './glyphs.ts'
import { breaksOf } from './hyphenate.ts'

export interface Measure {
  /** In units of the glyphs. */
  width: number
  tracking: number
}

/** Words that lean on the next one: 'de la Mancha' stays together where it can. */
const leaning = /^(?:\p{Ll}{1,3}|[A-Z])['’]?$/u

/** Words, each with the particles before it; a word may also end in its own hyphen or slash. */
export function chunksOf(text: string, measure: Measure): string[] {
  const words = text.split(/\s+/).filter(Boolean)
  const chunks: string[] = []
  let held: string[] = []
  for (const word of words) {
    held.push(word)
    if (leaning.test(word) && widthOf(held.join(' '), measure.tracking) < measure.width * 0.45) continue
    const joined = held.join(' ')
    if (held.length > 1 && widthOf(joined, measure.tracking) > measure.width * 0.8) chunks.push(...held)
    else chunks.push(joined)
    held = []
  }
  return held.length > 0 ? [...chunks, held.join(' ')] : chunks
}

/** The longest part of `word` that fits with a hyphen, and the rest; any place will do when no syllable fits. */
function splitWord(word: string, measure: Measure): [string, string] {
  const fits = (part: string) => widthOf(`${part}-`, measure.tracking) <= measure.width
  const syllable = breaksOf(word).findLast((at) => fits(word.slice(0, at)))
  if (syllable !== undefined) return [`${word.slice(0, syllable)}-`, word.slice(syllable)]
  const characters = [...word]
  let count = 1
  while (count < characters.length - 1 && fits(characters.slice(0, count + 1).join(''))) count++
  return [`${characters.slice(0, count).join('')}-`, characters.slice(count).join('')]
}

/** Fills lines one after the other. Undefined when a chunk is too wide and may not be broken. */
function greedy(chunks: readonly string[], measure: Measure, mayBreak: boolean): string[] | undefined {
  const fits = (text: string) => widthOf(text, measure.tracking) <= measure.width
  const lines: string[] = []
  let line = ''
  for (const chunk of chunks) {
    if (line && fits(`${line} ${chunk}`)) {
      line = `${line} ${chunk}`
      continue
    }
    if (line) lines.push(line)
    line = chunk
    while (!fits(line)) {
      if (!mayBreak) return undefined
      const [head, rest] = line.includes(' ') ? cutAtSpace(line) : splitWord(line, measure)
      lines.push(head)
      line = rest
      // One character that is wider than the line stands alone: nothing narrower can be made of it.
      if ([...line].length < 2) break
    }
  }
  return line ? [...lines, line] : lines
}

function cutAtSpace(text: string): [string, string] {
  const at = text.lastIndexOf(' ')
  return [text.slice(0, at), text.slice(at + 1)]
}

/**
 * Breaks a text into lines no wider than `measure.width`, as even as they can be without needing more of them.
 * Undefined when a word does not fit and `mayBreak` is false.
 */
export function wrap(text: string, measure: Measure, mayBreak: boolean): string[] | undefined {
  const chunks = chunksOf(text, measure)
  const lines = greedy(chunks, measure, mayBreak)
  if (!lines || lines.length < 2) return lines
  let [low, high, best] = [measure.width * 0.5, measure.width, lines]
  for (let step = 0; step < 7; step++) {
    const width = (low + high) / 2
    const tried = greedy(chunks, { ...measure, width }, false)
    if (tried && tried.length <= lines.length) {
      best = tried
      high = width
    } else low = width
  }
  return best
}
