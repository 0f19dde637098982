import { z } from 'zod'
import { SshdRevert } from '../parts/sshd-revert.ts'
import { verb } from './verb.ts'

/**
 * To be asked over a connection that was made after `converge` said `confirm: ['sshd']`: that it came about is the proof that
 * the settings lock nobody out. Keeps them. Fails with 'sshd-reverted' when it comes too late.
 */
export const confirmSshd = verb({
  name: 'confirm-sshd',
  changes: false,
  input: z.strictObject({}),
  async perform(_, { host }) {
    const revert = new SshdRevert(host)
    if (await revert.isArmed()) await revert.disarm()
    return {}
  },
})
