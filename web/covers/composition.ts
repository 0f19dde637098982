import type { Palette } from './palettes.ts'
import type { TextBox } from './typeset.ts'

export const coverWidth = 400
export const coverHeight = 600

/** A text's place and the ink that can be read there. */
export interface Lettering {
  box: TextBox
  ink: string
}

export interface Design {
  /** SVG shapes over the ground. */
  picture: string
  title: Lettering
  author: Lettering
}

/** A way to make a cover. The same `random` makes the same cover. */
export type Composition = (given: { palette: Palette; random: () => number; title: string }) => Design

export const rect = (x: number, y: number, width: number, height: number, fill: string): string =>
  `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${fill}"/>`

export const circle = (x: number, y: number, radius: number, fill: string): string =>
  `<circle cx="${x}" cy="${y}" r="${radius}" fill="${fill}"/>`

export const shape = (d: string, fill: string): string => `<path d="${d}" fill="${fill}"/>`

export const strokes = (d: string, stroke: string, width: number): string =>
  `<path d="${d}" fill="none" stroke="${stroke}" stroke-width="${width}"/>`

/** Letters of a title: large where it is short, never below what can be read at 200 px. */
export function titleBox(
  place: Pick<TextBox, 'x' | 'y' | 'width' | 'height' | 'align' | 'anchor'>,
  largest = 58,
): TextBox {
  return { ...place, size: [largest, 17], leading: 1.12 }
}

export function authorBox(y: number, align: TextBox['align'], x = 36, width = 328): TextBox {
  return { x, y, width, height: 44, align, anchor: 'top', size: [17, 9], leading: 1.25, tracking: 0.09 }
}

/** One of `items`, by chance. */
export function pick<Item>(items: readonly [Item, ...Item[]], random: () => number): Item {
  return items[Math.floor(random() * items.length)] ?? items[0]
}
