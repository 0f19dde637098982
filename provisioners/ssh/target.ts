/** Where a machine is, and as whom it is entered. */
export interface SshTarget {
  /** Name or address. */
  host: string
  port: number
  user: string
  /** Path of a private key; undefined: the agent of the operator, then the usual files. */
  key: string | undefined
  /** 'SHA256:...'; undefined: what is pinned in the known hosts. */
  hostKey: string | undefined
}

/** As people write it: 'admin@203.0.113.7', with the port when it is not 22. */
export function targetName({ host, port, user }: SshTarget): string {
  const named = host.includes(':') ? `[${host}]` : host
  return `${user}@${named}${port === 22 ? '' : `:${port}`}`
}
