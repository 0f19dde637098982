import { contrast, lighter, luminance, mix, parseHex, type Rgb, readable, toHex, towards } from './color.ts'

/** The grounds of styles/tokens.css; a test holds the two together. */
export const grounds = {
  light: { paper: '#f7f1e5', raised: '#fffaf0', sunken: '#efe6d4' },
  dark: { paper: '#201912', raised: '#2b231a', sunken: '#18120c' },
} as const

const black: Rgb = [0.07, 0.05, 0.04]
const white: Rgb = [1, 0.98, 0.94]
/** A little above WCAG's 4.5, since mixing ends in whole steps of 1/255. */
const enough = 4.6

function inksFor(accent: Rgb, mode: 'light' | 'dark') {
  const on = Object.values(grounds[mode]).map(parseHex)
  const text = readable(accent, on, mode === 'light' ? towards(black) : lighter, enough)
  // Buttons keep the operator's own colour where letters can be read on it.
  const fill = mode === 'light' ? readable(accent, on, towards(black), 3) : readable(accent, on, lighter, 2.2)
  const label = contrast(fill, white) >= contrast(fill, black) ? white : black
  const button = readable(fill, [label], towards(label === white ? black : white), enough)
  const pressed = mix(button, luminance(button) > 0.5 ? black : label === white ? black : white, 0.18)
  return { text, button, label, pressed: contrast(pressed, label) >= 4.5 ? pressed : button }
}

function declarations(accent: Rgb, mode: 'light' | 'dark'): string {
  const { text, button, label, pressed } = inksFor(accent, mode)
  return [
    `--accent:${toHex(text)}`,
    `--accent-fill:${toHex(button)}`,
    `--accent-pressed:${toHex(pressed)}`,
    `--on-accent:${toHex(label)}`,
  ].join(';')
}

/** The shop's colour as custom properties, moved as far as reading asks for in each mode. */
export function themeCss(accent: string): string {
  const colour = parseHex(accent)
  return `:root{${declarations(colour, 'light')}}@media (prefers-color-scheme:dark){:root{${declarations(colour, 'dark')}}}`
}
