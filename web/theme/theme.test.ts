import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contrast, parseHex } from './color.ts'
import { grounds, themeCss } from './theme.ts'

const tokens = readFileSync(new URL('../styles/tokens.css', import.meta.url), 'utf8')
const modesOf = (css: string) => css.split('prefers-color-scheme') as [string, string]
const colourOf = (css: string, name: string) => new RegExp(`${name}:\\s*(#[0-9a-f]{6})`).exec(css)?.[1] ?? ''
const hex = fc.integer({ min: 0, max: 0xffffff }).map((value) => `#${value.toString(16).padStart(6, '0')}`)

describe('the colours', () => {
  it('of the shop can be read in both modes, whatever the operator chose', () => {
    fc.assert(
      fc.property(hex, (accent) => {
        for (const [index, mode] of (['light', 'dark'] as const).entries()) {
          const css = modesOf(themeCss(accent))[index] ?? ''
          const [text, fill, pressed, label] = ['--accent', '--accent-fill', '--accent-pressed', '--on-accent'].map(
            (name) => parseHex(colourOf(css, name)),
          ) as [never, never, never, never]
          for (const ground of Object.values(grounds[mode]))
            expect(contrast(text, parseHex(ground)), accent).toBeGreaterThanOrEqual(4.5)
          expect(contrast(fill, label), accent).toBeGreaterThanOrEqual(4.5)
          expect(contrast(pressed, label), accent).toBeGreaterThanOrEqual(4.5)
        }
      }),
    )
  })

  it.each([
    ['light', 0],
    ['dark', 1],
  ] as const)('of the %s pages reach AA on every ground, and are those the theme reckons with', (mode, index) => {
    const css = modesOf(tokens)[index]
    for (const [name, ground] of Object.entries(grounds[mode])) {
      expect(colourOf(css, `--${name}`)).toBe(ground)
      for (const ink of ['--ink', '--muted', '--second', '--bad', '--good'])
        expect(contrast(parseHex(colourOf(css, ink)), parseHex(ground)), `${ink} on ${name}`).toBeGreaterThanOrEqual(
          4.5,
        )
      for (const edge of ['--edge', '--focus'])
        expect(contrast(parseHex(colourOf(css, edge)), parseHex(ground)), `${edge} on ${name}`).toBeGreaterThanOrEqual(
          3,
        )
    }
  })
})
