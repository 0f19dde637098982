import { createHash } from 'node:crypto'

export interface NginxConfig {
  text: string
  /** What the status socket answers when this text is loaded. */
  revision: string
}

/** A text that has its own digest in it: of what it is without. */
export function withRevision(render: (revision: string) => string): NginxConfig {
  const revision = createHash('sha256').update(render('')).digest('hex').slice(0, 16)
  return { text: render(revision), revision }
}
