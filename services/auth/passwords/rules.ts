import { Problem } from '../../kit/problem.ts'
import { isCommonPassword } from './common.ts'

/** Characters at least. No rules about kinds of characters (ASVS 5.0, 6.2.1 and 6.2.5). */
export const shortestPassword = 10

const letters = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '')

/** A password that is just who its owner is, once the signs are left out. */
function isTheOwner(password: string, { email, name }: { email: string; name: string }): boolean {
  const bare = letters(password)
  const local = email.slice(0, email.lastIndexOf('@'))
  return [email, local, name].some((text) => letters(text) !== '' && letters(text) === bare)
}

/** Why a password is refused, for its owner to read, or undefined for one that will do. */
export function whyWeak(password: string, owner: { email: string; name: string }): string | undefined {
  if ([...password].length < shortestPassword) return `Use ${shortestPassword} characters or more.`
  if (isCommonPassword(password)) return 'Many people use this password, so it is guessed first. Use another.'
  if (isTheOwner(password, owner)) return 'Use something else than your name or e-mail.'
  return undefined
}

/** @throws Problem 422 `weak-password`, naming the body's `field`. */
export function refuseWeak(field: string, password: string, owner: { email: string; name: string }): void {
  const why = whyWeak(password, owner)
  if (why === undefined) return
  throw new Problem(422, 'weak-password', 'The password is too weak', {
    detail: why,
    errors: [{ field, message: why }],
  })
}
