import { randomBytes } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { deriveKey, Seal } from './seal.ts'

const material = randomBytes(32)
const plain = Buffer.from('a private key')

describe('a seal', () => {
  it('opens what it sealed, never shows it, and never seals twice alike', () => {
    const seal = new Seal(material)
    const sealed = seal.seal(plain, 'kid-1')
    expect(seal.open(sealed, 'kid-1')).toEqual(plain)
    expect(sealed.includes(plain)).toBe(false)
    expect(seal.seal(plain, 'kid-1')).not.toEqual(sealed)
  })

  it('opens nothing that was changed, or sealed for another label or by another credential', () => {
    const seal = new Seal(material)
    const sealed = seal.seal(plain, 'kid-1')
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed)
      changed[at] = (changed[at] ?? 0) ^ 1
      expect(() => seal.open(changed, 'kid-1')).toThrow()
    }
    expect(() => seal.open(sealed, 'kid-2')).toThrow()
    expect(() => new Seal(randomBytes(32)).open(sealed, 'kid-1')).toThrow()
    expect(() => seal.open(Buffer.alloc(3), 'kid-1')).toThrow()
  })

  it('is named after its credential without telling it', () => {
    expect(new Seal(material).name).toBe(new Seal(material).name)
    expect(new Seal(material).name).not.toBe(new Seal(randomBytes(32)).name)
    expect(material.toString('hex')).not.toContain(new Seal(material).name)
  })
})

describe('derived keys', () => {
  it('differ by purpose', () => {
    expect(deriveKey(material, 'one')).not.toEqual(deriveKey(material, 'other'))
    expect(deriveKey(material, 'one')).toEqual(deriveKey(material, 'one'))
  })
})
