import { exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

const status: Verb = {
  name: 'status',
  summary: 'compare the certificate on the disk, the one that is served, and the clock',
  async run({ site, clock }) {
    const { certificateStatus } = await import('../../provisioners/local/certificate-status.ts')
    const report = await certificateStatus(await site(), clock)
    const { holds, problems, names, notAfter, renewAfter } = report
    const facts = notAfter
      ? `${names.join(', ')}\nvalid until ${notAfter.slice(0, 10)}, renewed after ${renewAfter?.slice(0, 10)}`
      : ''
    const verdict = holds
      ? 'It is served, trusted by its authority, and in time.'
      : problems.map((problem) => `- ${problem}`).join('\n')
    return {
      status: holds ? exit.done : exit.doesNotHold,
      result: { ...report },
      text: [facts, verdict].filter(Boolean).join('\n'),
      next: holds ? [] : ['bookstore cert renew', 'bookstore up'],
    }
  },
}

const renew: Verb = {
  name: 'renew',
  summary: 'make a new certificate when it is due, and have it served',
  declare(command) {
    command.option('--force', 'also when it is not due yet')
  },
  async run(invocation) {
    const site = await invocation.site()
    const [{ renewCertificate }, { withLease }, { guardOf }, { contextOf }] = await Promise.all([
      import('../../provisioners/local/renew.ts'),
      import('../../provisioners/engine/lease.ts'),
      import('../frame/stack.ts'),
      import('../frame/context.ts'),
    ])
    const guard = guardOf(site, 'cert renew')
    const { renewed, because, certificate } = await withLease(
      guard.lease,
      { verb: guard.verb, clock: invocation.clock },
      () => renewCertificate(site, invocation.options.force === true, contextOf(invocation)),
    )
    const until = certificate.notAfter.toISOString()
    return {
      status: exit.done,
      result: { renewed, because, names: certificate.names, notAfter: until },
      text: renewed
        ? `A new certificate, valid until ${until.slice(0, 10)} (${because}).`
        : `Nothing to do: ${because}.`,
      next: renewed ? ['bookstore cert status'] : ['bookstore cert renew --force'],
    }
  },
}

export const cert: Verb = { name: 'cert', summary: 'look after the certificate', children: [status, renew] }
