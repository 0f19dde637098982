import type { Secret } from './secret.ts'

/** The URL with its password in it, as pg wants it: fields beside a connection string are overridden by what the string lacks. */
export function withPassword(url: string, password: Secret): string {
  const whole = new URL(url)
  whole.password = encodeURIComponent(password.reveal())
  return whole.href
}
