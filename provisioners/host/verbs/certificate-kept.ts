import { z } from 'zod'
import { certificateStatus, type StatusRequest } from '../../certificates/acme/index.ts'
import { machineStore } from '../site/certificate/obtain.ts'
import { certificateSchema } from '../site/certificate/schema.ts'
import { verb } from './verb.ts'

/** `{certificate}` -> CertificateStatus: what is kept here, its renewal, and the clock. What is served is seen from outside. */
export const certificateKept = verb({
  name: 'certificate-kept',
  changes: false,
  input: z.strictObject({ certificate: certificateSchema }),
  perform: ({ certificate: { names, authority } }, _, ctx) =>
    certificateStatus({ names, authority, serving: [] } as StatusRequest, { store: machineStore() }, ctx),
})
