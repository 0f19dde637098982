import type { Context } from '../../engine/resource.ts'
import type { CertificateDeps } from './types.ts'

/** Tells what is being done right now. */
export function say(message: string, { address = 'certificates.acme/site' }: CertificateDeps, ctx: Context): void {
  ctx.emit({ type: 'step-progress', address, message })
}
