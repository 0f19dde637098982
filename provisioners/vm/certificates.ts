import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { sharedCertificate } from '../blueprints/network.ts'
import { servedReasons } from '../certificates/acme/reasons.ts'
import type { CertificateStatus } from '../certificates/acme/status.ts'
import { meet } from '../certificates/served.ts'
import { allOf } from '../engine/all-of.ts'
import { BookstoreError, exit } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import type { CertificateSpec } from '../host/site/certificate/schema.ts'
import type { Site } from '../site.ts'
import type { Operator } from '../targets/operator.ts'
import type { CertificateVerdict, Renewal } from '../targets/target.ts'
import { networkOf } from './addresses.ts'
import { type ServingMachine, withServingMachines } from './machines.ts'
import { dnsSecrets } from './names.ts'

/** What a machine is to know of the site's certificate. @throws BookstoreError 'authority-unreadable'. */
export async function certificateSpec({ domain, aliases, certificates, dns }: Site): Promise<CertificateSpec> {
  const { directory, staging, email, profile, ca } = certificates
  const trusted = ca === undefined ? {} : { ca: await readAuthority(ca) }
  return {
    names: [domain, ...aliases],
    authority: { directory, ...trusted },
    ...(staging === undefined ? {} : { staging: { directory: staging } }),
    ...(email === undefined ? {} : { contact: email }),
    ...(profile === undefined ? {} : { profile }),
    dns,
  } as CertificateSpec
}

async function readAuthority(path: string): Promise<string> {
  const text = await readFile(path, 'utf8').catch(() => '')
  if (isAuthority(text)) return text
  throw new BookstoreError(`${path} cannot be read as the certificate of an authority.`, {
    code: 'authority-unreadable',
    fault: 'user',
    status: exit.configuration,
    hint: 'Name a PEM file as certificates.ca in the configuration, or leave it out for a public authority.',
  })
}

/** One certificate or several, each as it should be. */
function isAuthority(text: string): boolean {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----(?!-)/g) ?? []
  const begun = text.split('-----BEGIN CERTIFICATE-----').length - 1
  try {
    return blocks.length > 0 && blocks.length === begun && blocks.every((block) => new X509Certificate(block).ca)
  } catch {
    return false
  }
}

/** What every web machine keeps and shows, the authority's wishes, and the clocks. */
export async function certificateOf(site: Site, operator: Operator, ctx: Context): Promise<CertificateVerdict> {
  const certificate = await certificateSpec(site)
  const { ca } = certificate.authority
  return withServingMachines(
    site,
    operator,
    ctx,
    async (machines) => {
      const found = await Promise.all(
        machines.map(async ({ agent, settings }) => {
          const kept = await agent.call<CertificateStatus>('certificate-kept', { input: { certificate } }, ctx)
          const meetings = certificate.names.map((name) => meet({ address: settings.host }, name, ca, ctx.signal))
          const reasons = [...kept.reasons, ...servedReasons(kept.file?.fingerprint, await Promise.all(meetings))]
          return { kept, reasons: reasons.map((reason) => ({ ...reason, text: `${settings.host}: ${reason.text}` })) }
        }),
      )
      const several = new Set(found.map(({ kept }) => kept.file?.fingerprint)).size > 1 ? [uneven] : []
      const all = [...found.flatMap(({ reasons }) => reasons), ...several]
      const kept = found[0]?.kept
      return {
        holds: all.every(({ grave }) => !grave),
        problems: all.filter(({ grave }) => grave).map(({ text }) => text),
        notes: all.filter(({ grave }) => !grave).map(({ text }) => text),
        names: kept?.file?.names ?? [],
        notAfter: kept?.file?.notAfter,
        renewAfter: kept?.renewal.due,
      }
    },
    'web',
  )
}

const uneven = {
  text: 'the web machines do not have the same certificate yet: their timers see to that within two hours, or bookstore cert renew',
  grave: false,
}

/**
 * Renews what is due, or in any case with `force`: on one of the web machines. Several share it: the others fetch what that one
 * has got.
 */
export async function renewCertificates(
  site: Site,
  operator: Operator,
  force: boolean,
  ctx: Context,
): Promise<Renewal> {
  const [spec, network] = await Promise.all([certificateSpec(site), networkOf(site)])
  const secrets = dnsSecrets(site, operator)
  return withServingMachines(
    site,
    operator,
    ctx,
    async (machines) => {
      const renewOn = ({ agent, settings }: ServingMachine, force: boolean) => {
        const certificate = sharedCertificate(spec, settings.roles, network)
        return agent.call<Renewal>('certificate', { input: { certificate, force }, secrets }, ctx)
      }
      const [first, ...others] = machines
      if (first) {
        const renewal = await renewOn(first, force)
        await allOf(others.map((machine) => renewOn(machine, false)))
        return renewal
      }
      throw new BookstoreError('There is no machine to renew a certificate on.', { code: 'no-machine', fault: 'user' })
    },
    'web',
  )
}
