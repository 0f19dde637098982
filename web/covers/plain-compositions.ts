import { authorBox, type Composition, circle, pick, rect, shape, strokes, titleBox } from './composition.ts'
import { glyphOf } from './glyphs.ts'

const paper = '#f4ead6'
const inkOnPaper = '#2a211b'

/** Three broad bands, the middle one of paper for the words: a paperback of the thirties. */
export const bands: Composition = ({ palette: { ground, a, c }, random }) => {
  const band = pick([a, ground], random)
  const picture = [
    rect(0, 0, 400, 170, band),
    rect(0, 170, 400, 240, paper),
    rect(0, 410, 400, 190, band),
    rect(0, 156, 400, 5, c),
    rect(0, 419, 400, 5, c),
    circle(200, 92, 30, c),
    circle(200, 92, 20, band),
  ]
  return {
    picture: picture.join(''),
    title: {
      box: titleBox({ x: 34, y: 186, width: 332, height: 152, align: 'middle', anchor: 'middle' }, 48),
      ink: inkOnPaper,
    },
    author: { box: authorBox(356, 'middle'), ink: inkOnPaper },
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

/** The outline of the first letter, as wide as it may be; a disc where there is none. */
function initialOf(title: string, fill: string): string {
  const letters = [...title].map((character) => character.toUpperCase())
  const glyph = glyphOf(letters.find((character) => /\p{L}/u.test(character)) ?? '')
  if (!glyph) return circle(200, 200, 130, fill)
  const scale = Math.min(0.92, 330 / glyph.advance)
  const x = Math.round(200 - (glyph.advance * scale) / 2)
  const size = scale.toFixed(3)
  return `<path transform="translate(${x} 352) scale(${size} -${size})" d="${glyph.path}" fill="${fill}"/>`
}

/** The title's first letter, as large as the cover is wide. */
export const letterform: Composition = ({ palette: { ink, a, b }, title, random }) => {
  const back = pick([circle(200, 200, 168, b), rect(36, 36, 328, 344, b), rect(0, 0, 400, 14, a)], random)
  return {
    picture: back + initialOf(title, a) + rect(36, 408, 328, 2, ink),
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
