/** Red, green and blue from 0 to 1. */
export type Rgb = readonly [number, number, number]

/** @throws TypeError for anything but `#rrggbb`. */
export function parseHex(hex: string): Rgb {
  const match = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex)
  if (!match) throw new TypeError(`not a colour: ${hex}`)
  const [, red = '', green = '', blue = ''] = match
  return [red, green, blue].map((part) => Number.parseInt(part, 16) / 255) as unknown as Rgb
}

export function toHex(rgb: Rgb): string {
  const part = (value: number) =>
    Math.round(Math.min(1, Math.max(0, value)) * 255)
      .toString(16)
      .padStart(2, '0')
  return `#${rgb.map(part).join('')}`
}

const linear = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)

/** https://www.w3.org/TR/WCAG22/#dfn-relative-luminance */
export function luminance([red, green, blue]: Rgb): number {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

/** From 1 to 21. https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio */
export function contrast(a: Rgb, b: Rgb): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x) as [number, number]
  return (light + 0.05) / (dark + 0.05)
}

export const mix = (a: Rgb, b: Rgb, share: number): Rgb =>
  a.map((value, index) => value + ((b[index] ?? 0) - value) * share) as unknown as Rgb

/** A share of 0 is the colour itself, of 1 the end of its way. */
export type Way = (colour: Rgb, share: number) => Rgb

export const towards =
  (end: Rgb): Way =>
  (colour, share) =>
    mix(colour, end, share)

/**
 * Lighter in its own hue, up to white, where mixing with white would make it pale and cold: lamplight on a dark ground.
 * https://www.w3.org/TR/css-color-4/#hsl-to-rgb
 */
export const lighter: Way = (colour, share) => {
  const [most, least] = [Math.max(...colour), Math.min(...colour)]
  const middle = (most + least) / 2
  const light = middle + (1 - middle) * share
  const reach = middle === 0 || middle === 1 ? 0 : Math.min(light, 1 - light) / Math.min(middle, 1 - middle)
  // A little less of the colour, too: what is deep in daylight would be shrill on a dark ground.
  const calm = 1 - Math.min(share, 0.2)
  return colour.map((part) => light + (part - middle) * reach * calm) as unknown as Rgb
}

/** `colour`, gone its way only as far as it takes to stand out from every ground by `ratio`. */
export function readable(colour: Rgb, grounds: readonly Rgb[], way: Way, ratio: number): Rgb {
  for (let step = 0; step <= 40; step++) {
    const tried = way(colour, step / 40)
    if (grounds.every((ground) => contrast(tried, ground) >= ratio)) return tried
  }
  return way(colour, 1)
}
