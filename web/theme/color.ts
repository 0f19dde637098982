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

/** `colour`, moved towards `towards` only as far as it takes to stand out from every ground by `ratio`. */
export function readable(colour: Rgb, grounds: readonly Rgb[], towards: Rgb, ratio: number): Rgb {
  for (let step = 0; step <= 40; step++) {
    const tried = mix(colour, towards, step / 40)
    if (grounds.every((ground) => contrast(tried, ground) >= ratio)) return tried
  }
  return towards
}
