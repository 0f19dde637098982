import { domainToASCII } from 'node:url'
import { BookstoreError } from '../engine/errors.ts'

/**
 * A domain name as it is kept here: lower case, ASCII, without the dot at its end; '' is the root. A leading `*` or
 * `_label` is welcome.
 *
 * @throws BookstoreError 'bad-name' for what cannot be a domain name (RFC 1035, section 2.3.4).
 */
export function plainName(name: string): string {
  const trimmed = name.replace(/\.$/, '')
  const plain = trimmed
    .split('.')
    .map((label) => asciiLabel(label))
    .join('.')
  const labels = plain.split('.')
  if (plain !== '' && (plain.length > 253 || labels.some((label) => label.length === 0 || label.length > 63))) {
    throw new BookstoreError(`'${name}' is no domain name.`, { code: 'bad-name', fault: 'user' })
  }
  return plain
}

function asciiLabel(label: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range of ASCII is what is asked for
  return /^[\x00-\x7f]*$/.test(label) ? label.toLowerCase() : domainToASCII(label)
}

/** The name above, or `undefined` above the root. 'example.com' is above 'www.example.com'. */
export function parentOf(name: string): string | undefined {
  if (name === '') return undefined
  const dot = name.indexOf('.')
  return dot < 0 ? '' : name.slice(dot + 1)
}

/** The name itself and all above it, the root last: 'a.b', 'b', ''. */
export function upwards(name: string): string[] {
  const above = parentOf(name)
  return above === undefined ? [name] : [name, ...upwards(above)]
}

export function isWithin(name: string, zone: string): boolean {
  return zone === '' || name === zone || name.endsWith(`.${zone}`)
}

/** The part of `name` below `zone`: '_acme-challenge' in 'example.com', '' for the zone itself. */
export function relativeTo(name: string, zone: string): string {
  return name === zone ? '' : name.slice(0, name.length - zone.length - (zone === '' ? 0 : 1))
}
