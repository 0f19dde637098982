import { Resolver } from 'node:dns/promises'
import { isIP } from 'node:net'
import type { Check, Finding } from '../engine/check.ts'
import { computerChecks } from '../engine/checks.ts'
import { BookstoreError } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import type { MachineSettings, Site } from '../site.ts'
import type { Operator } from '../targets/operator.ts'
import { machinesFor } from './addresses.ts'
import { enter } from './enter.ts'

/** Distributions whose packages we know: ID and the oldest VERSION_ID of os-release(5). */
const supported: Readonly<Record<string, number>> = { debian: 12, ubuntu: 22.04 }

/** What must hold before a site can stand on its machines. Nothing is changed, and no host key is taken on trust. */
export function vmChecks(site: Site, operator: Operator): readonly Check[] {
  const machines = site.vm?.machines ?? []
  const refusing: Operator = {
    ...operator,
    confirm: (question) => Promise.reject(new BookstoreError(question, unconfirmed)),
  }
  return [
    ...computerChecks(site),
    ...machines.map((machine) => ({
      name: `machine ${machine.host}`,
      run: (ctx: Context) => machineCheck(site, machine, refusing, ctx),
    })),
    ...[site.domain, ...site.aliases].map((name) => ({
      name: `name ${name}`,
      run: (ctx: Context) => nameCheck(site, name, machinesFor(site, 'web'), ctx),
    })),
  ]
}

const unconfirmed = {
  code: 'host-key-unconfirmed',
  fault: 'user',
  hint: 'Compare it with what the provider shows; bookstore up asks you, and remembers.',
} as const

async function machineCheck(site: Site, machine: MachineSettings, operator: Operator, ctx: Context): Promise<Finding> {
  try {
    const connection = await enter(site, machine, operator, ctx)
    try {
      const { stdout } = await connection.run(['cat', '/etc/os-release'], { timeoutMs: 20_000, signal: ctx.signal })
      return distribution(stdout)
    } finally {
      connection.close()
    }
  } catch (error) {
    if (!(error instanceof BookstoreError)) throw error
    return { ok: false, message: error.message, ...(error.hint === undefined ? {} : { hint: error.hint }) }
  }
}

/** @param text os-release(5) */
export function distribution(text: string): Finding {
  const field = (name: string) => new RegExp(`^${name}="?([^"\n]*)"?$`, 'm').exec(text)?.[1] ?? ''
  const name = field('PRETTY_NAME') || field('ID') || 'an unknown system'
  const oldest = supported[field('ID')]
  if (oldest !== undefined && Number(field('VERSION_ID')) >= oldest) return { ok: true, message: name }
  return {
    ok: false,
    message: `${name} is not supported`,
    hint: 'Use Debian 12 or newer, or Ubuntu 22.04 or newer.',
  }
}

async function nameCheck(
  { dns }: Site,
  name: string,
  machines: readonly MachineSettings[],
  { signal }: Context,
): Promise<Finding> {
  const wanted = machines.map(({ host }) => host).filter((host) => isIP(host) !== 0)
  const found = await lookUp(name, signal)
  const ours = found.filter((address) => wanted.includes(address))
  if (wanted.length > 0 && ours.length === found.length && found.length > 0) {
    return { ok: true, message: found.join(', ') }
  }
  if (wanted.length === 0 && found.length > 0) return { ok: true, message: found.join(', ') }
  // `up` makes the records itself where it may.
  if (found.length === 0 && dns.provider !== 'manual') return { ok: true, message: 'not there yet; up makes it' }
  const where = found.length === 0 ? `${name} leads nowhere` : `${name} leads to ${found.join(', ')}`
  const type = wanted.some((address) => isIP(address) === 6) ? 'AAAA' : 'A'
  return {
    ok: false,
    message: `${where}, not to ${wanted.join(', ') || 'a machine of ours'}`,
    hint: `Make this record where the zone is kept: ${name} ${type} ${wanted.join(', ') || '(the address of the machine)'}`,
  }
}

async function lookUp(name: string, signal: AbortSignal): Promise<readonly string[]> {
  const resolver = new Resolver({ timeout: 3_000, tries: 2 })
  const cancel = () => resolver.cancel()
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const answers = await Promise.allSettled([resolver.resolve4(name), resolver.resolve6(name)])
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}
