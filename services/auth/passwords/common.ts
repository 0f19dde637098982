/** Words at the heart of the passwords that are guessed first, in the languages of the shop, without digits and signs. */
const words = `
  password passwort contrasena contrasenya clave secret secreto admin administrator administrador root toor user usuario
  guest invitado welcome bienvenido bienvenida letmein changeme temporary default login access master monkey dragon
  shadow sunshine princess princesa football futbol baseball basketball soccer hockey superman batman spiderman pokemon
  iloveyou teamo tequiero tequieromucho teamomucho loveyou lovelove forever whatever nothing computer internet
  samsung google facebook microsoft windows apple qwerty azerty qwertz asdfgh zxcvbn trustno freedom michael michelle
  jennifer jessica charlie thomas jordan daniel andrew joshua ashley nicole barcelona realmadrid liverpool chelsea
  arsenal manchester juventus estrella mariposa corazon bonita hermosa amor amorcito alejandro alejandra carlos daniela
  fernando gabriel gabriela guadalupe javier jesus jesuschrist jesucristo maria mercedes natalia patricia roberto
  sebastian valentina veronica summer winter spring autumn verano invierno primavera monday friday january
  february november december diciembre enero hello hellohello hola holahola holamundo helloworld starwars matrix ninja
  hunter killer mustang ferrari porsche corvette harley yamaha cheese chocolate cookie banana butterfly flower lovely
  angel angels babygirl sweetheart friends family familia money dinero secure security seguridad testing test testtest
  prueba ejemplo example sample demo bookstore bookshop libreria books libros
`
const common: ReadonlySet<string> = new Set(words.trim().split(/\s+/))
const longestWord = Math.max(...[...common].map(({ length }) => length))

const digitsForLetters: Readonly<Record<string, string>> = {
  '0': 'o',
  '1': 'i',
  '3': 'e',
  '4': 'a',
  '5': 's',
  '7': 't',
  '@': 'a',
  $: 's',
  '!': 'i',
}

const unaccented = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '')
const withLetters = (text: string) => text.replace(/[013457@$!]/g, (sign) => digitsForLetters[sign] ?? sign)
const trimmed = (text: string) => text.replace(/^[^a-z]+|[^a-z]+$/g, '')

/** More than this around a common word, and the word no longer decides. */
const mostAround = 6

function isCommonWord(core: string, password: string): boolean {
  return common.has(core) && password.length - core.length <= mostAround
}

/** A common word in disguise: `P4ssw0rd!2024`, `¡Contraseña1!`. */
function isDisguisedWord(lower: string): boolean {
  const plain = unaccented(lower)
  return [trimmed(plain), trimmed(withLetters(plain)), withLetters(trimmed(plain))].some((core) =>
    isCommonWord(core, plain),
  )
}

/** The same few characters again and again: `aaaaaaaaaa`, `abcabcabcabc`. */
function isRepetition(lower: string): boolean {
  return /^(.{1,4})\1+.{0,3}$/su.test(lower)
}

const rows = [
  '01234567890',
  'abcdefghijklmnopqrstuvwxyz',
  'qwertyuiop',
  'asdfghjklñ',
  'zxcvbnm',
  'azertyuiop',
  'qwertzuiop',
]
const columns = ['1q2w3e4r5t6y7u8i9o0p', '1qaz2wsx3edc4rfv5tgb6yhn7ujm', 'qazwsxedcrfvtgbyhnujm', 'zaq12wsxcde34rfv']
const reversed = (text: string) => [...text].reverse().join('')
const walks = [...rows, ...columns].flatMap((row) => [row, reversed(row)])

/** Length of the walk over the keyboard or the alphabet that starts at `from`: 0 when it is shorter than 3. */
function walkAt(text: string, from: number): number {
  let longest = 0
  for (const walk of walks) {
    let length = 3
    while (from + length <= text.length && walk.includes(text.slice(from, from + length))) length++
    if (length - 1 >= 3) longest = Math.max(longest, length - 1)
  }
  return longest
}

/** Length of the longest common word that starts at `from`, or 0. */
function wordAt(text: string, from: number): number {
  for (let length = Math.min(longestWord, text.length - from); length >= 4; length--) {
    if (common.has(text.slice(from, from + length))) return length
  }
  return 0
}

/** Nearly all of it is read off a keyboard or a list: `1234567890`, `1q2w3e4r5t!`, `iloveyouforever`, `password1234567890`. */
function isCovered(lower: string): boolean {
  let left = 0
  for (let at = 0; at < lower.length; ) {
    const length = Math.max(walkAt(lower, at), wordAt(lower, at))
    if (length === 0) left++
    at += Math.max(1, length)
  }
  return left <= 2
}

/**
 * True for the passwords that everybody tries first (ASVS 5.0, 6.2.4). The most frequent ones of ten characters and more are
 * few patterns: common words with digits around them, walks over the keyboard, repetitions. They are recognised by pattern.
 */
export function isCommonPassword(password: string): boolean {
  const lower = password.toLowerCase()
  return isDisguisedWord(lower) || isRepetition(lower) || isCovered(unaccented(lower))
}
