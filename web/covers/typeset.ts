import { unitsPerEm, widthOf } from './glyphs.ts'
import { wrap } from './wrap.ts'

/** Where a text stands on a cover of 400 by 600, and how. */
export interface TextBox {
  x: number
  y: number
  width: number
  height: number
  align: 'start' | 'middle' | 'end'
  /** Where the lines gather when there are few. */
  anchor: 'top' | 'middle' | 'bottom'
  /** Largest and smallest size of the letters. */
  size: readonly [largest: number, smallest: number]
  /** Distance of two lines, in sizes. */
  leading: number
  /** Space between letters, in sizes. */
  tracking?: number
}

export interface SetLine {
  text: string
  /** Left edge and baseline. */
  x: number
  y: number
  width: number
}

export interface SetText {
  size: number
  tracking: number
  lines: readonly SetLine[]
}

/** Heights above and below the baseline that letters with accents reach, in sizes. */
const ascent = 0.92
const descent = 0.26

const heightOf = (lines: number, size: number, leading: number) =>
  size * (ascent + descent) + (lines - 1) * size * leading

function attempt(text: string, box: TextBox, size: number, mayBreak: boolean): string[] | undefined {
  const measure = { width: (box.width / size) * unitsPerEm, tracking: (box.tracking ?? 0) * unitsPerEm }
  const lines = wrap(text, measure, mayBreak)
  return lines && heightOf(lines.length, size, box.leading) <= box.height ? lines : undefined
}

/** What does not fit at the smallest size ends in an ellipsis. */
function shortened(text: string, box: TextBox, size: number): string[] {
  const characters = [...text]
  let [fitting, failing] = [0, characters.length + 1]
  while (failing - fitting > 1) {
    const middle = (fitting + failing) >> 1
    if (attempt(`${characters.slice(0, middle).join('').trimEnd()}…`, box, size, true)) fitting = middle
    else failing = middle
  }
  return attempt(`${characters.slice(0, fitting).join('').trimEnd()}…`, box, size, true) ?? ['…']
}

/** The largest size at which all fits: first with whole words, then, rather than very small, with broken ones. */
function choose(text: string, box: TextBox): { size: number; lines: string[] } {
  const [largest, smallest] = box.size
  const acceptable = Math.max(smallest, largest * 0.55)
  for (const [from, to, mayBreak] of [
    [largest, acceptable, false],
    [acceptable, smallest, true],
  ] as const)
    for (let size = from; size >= to; size -= 1) {
      const lines = attempt(text, box, size, mayBreak)
      if (lines) return { size, lines }
    }
  return { size: smallest, lines: shortened(text, box, smallest) }
}

/** Sets `text` into `box`. Whatever the text is, no line leaves the box. */
export function typeset(text: string, box: TextBox): SetText {
  const { size, lines } = choose(text.replace(/\s+/g, ' ').trim() || '·', box)
  const tracking = (box.tracking ?? 0) * unitsPerEm
  const spare = box.height - heightOf(lines.length, size, box.leading)
  const top = box.y + { top: 0, middle: spare / 2, bottom: spare }[box.anchor]
  return {
    size,
    tracking,
    lines: lines.map((line, index) => {
      const width = Math.min(box.width, (widthOf(line, tracking) * size) / unitsPerEm)
      const x = box.x + { start: 0, middle: (box.width - width) / 2, end: box.width - width }[box.align]
      return { text: line, x, y: top + size * (ascent + index * box.leading), width }
    }),
  }
}
