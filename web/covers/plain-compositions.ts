import { authorBox, type Composition, circle, pick, rect, shape, strokes, titleBox } from './composition.ts'
import { glyphOf } from './glyphs.ts'

/** Three broad bands, the middle one of paper for the words: a paperback of the thirties. */
export const bands: Composition = ({ palette: { ground, ink, a, c }, random }) => {
  const light = c
  const dark = pick([a, ground], random)
  const top = 170
  return {
    picture:
      rect(0, 0, 400, top, dark) +
      rect(0, top, 400, 240, '#f4ead6') +
      rect(0, 410, 400, 190, dark) +
      rect(0, top - 14, 400, 5, light) +
      rect(0, 419, 400, 5, light) +
      circle(200, 92, 30, light) +
      circle(200, 92, 20, dark) +
      (dark === ground ? '' : rect(0, 0, 0, 0, ink)),
    title: {
      box: titleBox({ x: 34, y: 186, width: 332, height: 152, align: 'middle', anchor: 'middle' }, 48),
      ink: '#2a211b',
    },
    author: { box: authorBox(356, 'middle'), ink: '#2a211b' },
  }
}

/** A double rule around the whole, an ornament, and the words in the middle of much air. */
export const frame: Composition = ({ palette: { ink, a }, random }) => {
  const ornament = pick(
    [
      shape('M200 452l16 16-16 16-16-16zM160 461l7 7-7 7-7-7zM240 461l7 7-7 7-7-7z', a),
      circle(200, 468, 14, a) + circle(164, 468, 6, a) + circle(236, 468, 6, a),
      strokes('M140 468q15-18 30 0t30 0 30 0 30 0', a, 4),
    ],
    random,
  )
  return {
    picture: strokes('M22 22h356v556h-356z', a, 5) + strokes('M34 34h332v532h-332z', ink, 1.25) + ornament,
    title: { box: titleBox({ x: 60, y: 96, width: 280, height: 320, align: 'middle', anchor: 'middle' }, 54), ink },
    author: { box: authorBox(508, 'middle', 60, 280), ink },
  }
}

/** A cloth spine at the left and a label. */
export const spine: Composition = ({ palette: { ink, a, b, c }, random }) => {
  const ribs = [0, 1, 2, 3].map((index) => rect(0, 96 + index * 128, 74, 7, index % 2 ? b : c)).join('')
  const seal = pick([circle(344, 500, 34, a) + circle(344, 500, 24, b), shape('M310 534v-68h68z', a), ''], random)
  return {
    picture: rect(0, 0, 74, 600, a) + ribs + rect(74, 0, 4, 600, c) + seal,
    title: { box: titleBox({ x: 108, y: 60, width: 262, height: 350, align: 'start', anchor: 'top' }, 54), ink },
    author: { box: authorBox(540, 'start', 108, 262), ink },
  }
}

/** The title's first letter, as large as the cover is wide. */
export const letterform: Composition = ({ palette: { ground, ink, a, b }, title, random }) => {
  const initial =
    [...title].map((character) => character.toUpperCase()).find((character) => /\p{L}/u.test(character)) ?? ''
  const glyph = glyphOf(initial)
  const scale = glyph ? Math.min(0.92, 330 / glyph.advance) : 1
  const letter = glyph
    ? `<path transform="translate(${Math.round(200 - (glyph.advance * scale) / 2)} 352) scale(${scale.toFixed(3)} ${(-scale).toFixed(3)})" d="${glyph.path}" fill="${a}"/>`
    : circle(200, 200, 130, a)
  const back = pick([circle(200, 200, 168, b), rect(36, 36, 328, 344, b), ''], random)
  return {
    picture:
      back + letter + rect(36, 408, 328, 2, ink) + (back ? '' : rect(0, 0, 400, 14, a) + rect(0, 0, 0, 0, ground)),
    title: { box: titleBox({ x: 36, y: 422, width: 328, height: 112, align: 'start', anchor: 'top' }, 42), ink },
    author: { box: authorBox(544, 'start'), ink },
  }
}

/** Squares of quarter circles, as on a tiled floor. */
export const grid: Composition = ({ palette: { ink, a, b, c }, random }) => {
  const inks = [a, b, c] as const
  const side = 80
  let picture = ''
  for (let row = 0; row < 4; row++)
    for (let column = 0; column < 5; column++) {
      const [x, y] = [column * side, row * side]
      const [first, second] = random() < 0.5 ? [pick(inks, random), pick(inks, random)] : [a, b]
      const corners = [
        `M${x} ${y}h${side}a${side} ${side} 0 0 1-${side} ${side}z`,
        `M${x + side} ${y}v${side}a${side} ${side} 0 0 1-${side}-${side}z`,
        `M${x + side} ${y + side}h-${side}a${side} ${side} 0 0 1 ${side}-${side}z`,
        `M${x} ${y + side}v-${side}a${side} ${side} 0 0 1 ${side} ${side}z`,
      ] as const
      picture += rect(x, y, side, side, first)
      if (second !== first) picture += shape(pick(corners, random), second)
    }
  return {
    picture,
    title: { box: titleBox({ x: 36, y: 346, width: 328, height: 176, align: 'start', anchor: 'top' }, 46), ink },
    author: { box: authorBox(540, 'start'), ink },
  }
}
