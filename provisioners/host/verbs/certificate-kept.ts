import { z } from 'zod'
import { dueTime } from '../../certificates/acme/schedule.ts'
import { machineStore } from '../site/certificate/obtain.ts'
import { verb } from './verb.ts'

/** `{}` -> KeptOnMachine (provisioners/vm/certificate-verdict.ts): the certificate of the store, and how its renewal goes. */
export const certificateKept = verb({
  name: 'certificate-kept',
  changes: false,
  input: z.strictObject({}),
  async perform() {
    const store = machineStore()
    const [current, { failure, suggestion }] = [await store.current(), await store.diary()]
    return {
      names: current?.names ?? [],
      fingerprint: current?.x509.fingerprint256,
      notAfter: current?.notAfter.toISOString(),
      renewAfter: current && dueTime(current, suggestion).toISOString(),
      failure: failure && { at: failure.at, message: failure.message },
    }
  },
})
