import { createHash } from 'node:crypto'

/** A name for files and parameters that a person recognises: 'acme-v02.api.letsencrypt.org-1a2b3c4d'. */
export function authorityId(directory: string): string {
  const digest = createHash('sha256').update(directory).digest('hex').slice(0, 8)
  return `${new URL(directory).host.replaceAll(':', '-')}-${digest}`
}
