import { createHash } from 'node:crypto'
import { domainToASCII } from 'node:url'

const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/

/** The ASCII form of a domain name ('librería.es' becomes 'xn--librera-dza.es'), or undefined when it is none. */
export function asciiDomain(text: string): string | undefined {
  const trimmed = text.endsWith('.') ? text.slice(0, -1) : text
  if (/[\s/:@?#%\\[\]]/.test(trimmed)) return undefined
  const ascii = domainToASCII(trimmed)
  const labels = ascii.split('.')
  const numeric = /^\d+$/.test(labels.at(-1) ?? '')
  return ascii.length > 0 && ascii.length <= 253 && !numeric && labels.every((it) => label.test(it)) ? ascii : undefined
}

export function isLocalName(domain: string): boolean {
  return domain === 'localhost' || domain.endsWith('.localhost')
}

/**
 * The name under which a public domain is previewed on this computer. Its labels are joined by hyphens, so that two
 * domains that differ stay different: 'proyecto2.online' becomes 'proyecto2-online.localhost'. The local authority may
 * sign nothing outside of localhost, and no resolver has to be changed.
 */
export function localName(domain: string): string {
  if (isLocalName(domain)) return domain
  const joined = domain.replaceAll('.', '-')
  if (joined.length <= 63) return `${joined}.localhost`
  return `${joined.slice(0, 54)}-${createHash('sha256').update(domain).digest('hex').slice(0, 8)}.localhost`
}
