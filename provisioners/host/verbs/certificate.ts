import { z } from 'zod'
import { obtain } from '../site/certificate/obtain.ts'
import { certificateSchema } from '../site/certificate/schema.ts'
import { verb } from './verb.ts'

const input = z.strictObject({
  certificate: certificateSchema,
  /** In any case, not only when it is due. */
  force: z.boolean().default(false),
  /** A timer asks: failures are tried again later and later. */
  unattended: z.boolean().default(false),
})

/** `{certificate, force?, unattended?}` -> `{renewed, because, names, notAfter, nextCheck}`: renews what is due, and shows it. */
export const certificate = verb({
  name: 'certificate',
  changes: true,
  input,
  async perform({ certificate: spec, force, unattended }, { host }, ctx) {
    const { changed, because, certificate: found, nextCheck } = await obtain(spec, { force, unattended }, host, ctx)
    return {
      renewed: changed,
      because,
      names: found?.names ?? [],
      notAfter: found?.notAfter.toISOString(),
      nextCheck: nextCheck.toISOString(),
    }
  },
})
