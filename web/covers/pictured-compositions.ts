import { authorBox, type Composition, circle, pick, rect, shape, strokes, titleBox } from './composition.ts'

const above = titleBox({ x: 36, y: 40, width: 328, height: 190, align: 'start', anchor: 'top' }, 54)

/** Arches within arches, at the end of which something shines. */
export const arch: Composition = ({ palette: { ink, a, b, c }, random }) => {
  const centre = pick([200, 200, 140, 260], random)
  const ring = (radius: number, fill: string) =>
    shape(
      `M${centre - radius} 600v-${230 - (150 - radius) * 0.35}a${radius} ${radius} 0 0 1 ${radius * 2} 0v400z`,
      fill,
    )
  return {
    picture: `<g>${ring(150, a)}${ring(116, b)}${ring(82, c)}${ring(48, a)}</g>`,
    title: { box: { ...above, y: 32, height: 134, align: 'middle' }, ink },
    author: { box: { ...authorBox(170, 'middle'), height: 38 }, ink },
  }
}

/** A sun over a horizon, and what it leaves on the water. */
export const sun: Composition = ({ palette: { ground, ink, a, b, c }, random }) => {
  const x = pick([200, 128, 272], random)
  const low = random() < 0.5
  const y = low ? 420 : 352
  const water = [0, 1, 2, 3, 4]
    .map((index) => rect(x - 92 + index * 15, 448 + index * 27, 184 - index * 30, 7, index % 2 ? c : a))
    .join('')
  return {
    picture:
      circle(x, y, 96, a) +
      (low ? circle(x, y, 70, c) : '') +
      rect(0, 420, 400, 180, b) +
      water +
      rect(0, 420, 400, 3, ground),
    title: { box: { ...above, y: 82, height: low ? 216 : 160 }, ink },
    author: { box: authorBox(34, 'start'), ink },
  }
}

/** Waves behind waves. */
export const waves: Composition = ({ palette: { ink, a, b, c }, random }) => {
  const inks = [a, b, c, a, b]
  const length = pick([100, 132, 200], random)
  const wave = (y: number, shift: number, fill: string) => {
    const half = length / 2
    const humps = Math.ceil(600 / length) * 2
    const crest = Math.round(length * 0.28)
    return shape(
      `M${-Math.round(shift)} ${y}q${half / 2}-${crest} ${half} 0${`t${half} 0`.repeat(humps)}V600H-90z`,
      fill,
    )
  }
  return {
    picture: inks
      .map((fill, index) => wave(322 + index * 58, ((index * 37) % length) + length * random() * 0.2, fill))
      .join(''),
    title: { box: { ...above, y: 82, height: 196 }, ink },
    author: { box: authorBox(34, 'start'), ink },
  }
}

/** Ridges, one behind the other, and a moon. */
export const ridges: Composition = ({ palette: { ink, a, b, c }, random }) => {
  const ridge = (base: number, height: number, fill: string) => {
    let path = `M-10 600V${base}`
    for (let x = -10; x < 410; x += 70)
      path += `l${35} ${-Math.round(height * (0.5 + random() * 0.5))}L${x + 70} ${base + Math.round((random() - 0.5) * 24)}`
    return shape(`${path}V600z`, fill)
  }
  const moon = pick([300, 96], random)
  return {
    picture: circle(moon, 316, 38, c) + ridge(430, 96, b) + ridge(490, 80, a) + ridge(560, 56, c),
    title: { box: { ...above, height: 176 }, ink },
    author: { box: authorBox(228, 'start'), ink },
  }
}

/** A stem and its leaves. */
export const leaves: Composition = ({ palette: { ink, a, b, c }, random }) => {
  const x = 294
  const leaf = (y: number, side: 1 | -1, fill: string) =>
    shape(`M${x} ${y}q${side * 18}-54 ${side * 74}-58q${-side * 10} 52 ${-side * 74} 58z`, fill)
  const pairs = [0, 1, 2, 3, 4].map((index) => {
    const y = 560 - index * 62
    return leaf(y, 1, index % 2 ? b : a) + leaf(y - 24, -1, index % 2 ? a : b)
  })
  const bud = pick([circle(x, 210, 20, c), shape(`M${x} 244q-34-30 0-72q34 42 0 72z`, c)], random)
  return {
    picture: strokes(`M${x} 600V226`, a, 4) + pairs.join('') + bud,
    title: { box: titleBox({ x: 36, y: 40, width: 328, height: 128, align: 'start', anchor: 'top' }, 50), ink },
    author: { box: { ...authorBox(196, 'start', 36, 160), height: 80 }, ink },
  }
}
