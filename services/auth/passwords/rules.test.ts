import { describe, expect, it } from 'vitest'
import { whyWeak } from './rules.ts'

const ana = { email: 'ana.garcia@example.com', name: 'Ana García' }

describe('a password', () => {
  it.each(['', 'short', '9 letters', 'ñandú ñan', '🦊🐻🐼🐨🐯🦁🐮🐷🐸'])(
    'of fewer than ten characters is refused: %s',
    (password) => {
      expect(whyWeak(password, ana)).toMatch('10 characters')
    },
  )

  it.each([
    '1234567890',
    '0987654321',
    'password12',
    'Password123!',
    'P4ssw0rd!2024',
    'passw0rd2024',
    'contraseña1',
    '¡Contraseña1!',
    'qwertyuiop',
    'qwerty12345',
    '1q2w3e4r5t',
    '1q2w3e4r5t!',
    '1qaz2wsx3edc',
    'zaq12wsxcde3',
    'asdfghjkl1',
    'abcdefghij',
    'aaaaaaaaaa',
    'abcabcabcabc',
    '1111111111',
    '12121212121',
    'iloveyou123',
    'tequieromucho',
    'football2023',
    'Bookstore2026',
    'password1234567890',
    'iloveyouforever',
    'dragonmonkey1',
    'Contraseña12345678',
  ])('that everybody tries first is refused: %s', (password) => {
    expect(whyWeak(password, ana)).toMatch('Many people')
  })

  it.each(['ana.garcia@example.com', 'AnaGarcia!', 'ana garcía', 'Ana_Garcia'])(
    'that is its owner is refused: %s',
    (password) => {
      expect(whyWeak(password, ana)).toMatch(/name or e-mail|10 characters/)
    },
  )

  it.each([
    'correct horse battery staple',
    'an evening in Comala',
    'Tr0ub4dor&3x',
    'contraseña de mi abuela Rosa',
    'password of the night watchman',
    'x8#kQ!92mLpZ',
    'sunshine-books-42',
    'SuperSecret123!',
    'correct-horse-battery-1',
    'Str0ng-Passw0rd!42',
    '🦊🐻🐼🐨🐯🦁🐮🐷🐸🐵',
    '          a         b',
  ])('that is none of these is taken: %s', (password) => {
    expect(whyWeak(password, ana)).toBeUndefined()
  })
})
