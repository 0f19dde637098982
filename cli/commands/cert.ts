import { exit } from '../../provisioners/engine/errors.ts'
import type { Target } from '../../provisioners/targets/target.ts'
import type { Invocation, Verb } from '../verb.ts'

const status: Verb = {
  name: 'status',
  summary: 'compare the certificate on the disk, the one that is served, its renewal and the clock',
  async run(invocation) {
    const report = await (await targetFor(invocation)).certificate(invocation)
    const { holds, problems, notes = [], names, notAfter, renewAfter } = report
    const facts = notAfter
      ? `${names.join(', ')}\nvalid until ${notAfter.slice(0, 10)}${renewAfter === undefined ? '' : `, renewed after ${renewAfter.slice(0, 10)}`}`
      : ''
    const listed = [...problems, ...notes].map((line) => `- ${line}`)
    const verdict = [...(holds ? ['It is served, trusted by its authority, and in time.'] : []), ...listed].join('\n')
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
    const target = await targetFor(invocation)
    const {
      renewed,
      because,
      names,
      notAfter: until,
    } = await target.renew(invocation.options.force === true, invocation)
    return {
      status: exit.done,
      result: { renewed, because, names, notAfter: until },
      text: renewed
        ? `A new certificate, valid until ${until.slice(0, 10)} (${because}).`
        : `Nothing to do: ${because}.`,
      next: renewed ? ['bookstore cert status'] : ['bookstore cert renew --force'],
    }
  },
}

const issue: Verb = {
  name: 'issue',
  summary: 'make a new certificate now, due or not, and have it served',
  async run(invocation) {
    const { names, notAfter: until, ...rest } = await (await targetFor(invocation)).renew(true, invocation)
    return {
      status: exit.done,
      result: { ...rest, names, notAfter: until },
      text: `A new certificate for ${names.join(', ')}, valid until ${until.slice(0, 10)}.`,
      next: ['bookstore cert status'],
    }
  },
}

async function targetFor(invocation: Invocation): Promise<Target> {
  const { targetOf } = await import('../../provisioners/targets/index.ts')
  return targetOf(await invocation.site(), invocation)
}

export const cert: Verb = { name: 'cert', summary: 'look after the certificate', children: [issue, renew, status] }
