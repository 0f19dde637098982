import { domainToASCII } from 'node:url'

/** Longest address that fits the path of RFC 5321, 4.5.3.1.3, and its local part (4.5.3.1.1). */
const longest = 254
const longestLocalPart = 64

/** The form that HTML gives to `<input type=email>`. https://html.spec.whatwg.org/multipage/input.html#valid-e-mail-address */
const form =
  /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?)+$/i

/**
 * An address as we keep it: without spaces around, its domain in lower case and ASCII (RFC 5890). The local part stays as typed,
 * since its case may matter to its mail server (RFC 5321, 2.4); two accounts never differ by case alone.
 * @returns undefined when it is not an address.
 */
export function normaliseEmail(text: string): string | undefined {
  const trimmed = text.trim()
  const at = trimmed.lastIndexOf('@')
  if (at < 1 || at > longestLocalPart || trimmed.length > longest) return undefined
  const email = `${trimmed.slice(0, at)}@${domainToASCII(trimmed.slice(at + 1))}`
  return email.length <= longest && form.test(email) ? email : undefined
}
