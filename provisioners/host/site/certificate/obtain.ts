import {
  type CertificateRequest,
  type CertificateStore,
  type Ensured,
  ensureCertificate,
  folderStore,
} from '../../../certificates/acme/index.ts'
import { acceptHandover, packHandover } from '../../../certificates/kept/handover.ts'
import { createProvider } from '../../../dns/create-provider.ts'
import { type DnsSecrets, type DnsSettings, secretNames } from '../../../dns/settings.ts'
import type { Address, Context } from '../../../engine/resource.ts'
import type { Secret } from '../../../engine/secret.ts'
import type { Host } from '../../host.ts'
import { machine } from '../../layout.ts'
import { readSecretFile } from '../../machine/secrets.ts'
import { installCertificate } from '../nginx/certificate.ts'
import { type Shelf, withShelf } from '../postgres/shelf.ts'
import type { CertificateSpec } from './schema.ts'
import { dnsSecretFile, handoverSecret } from './secret-file.ts'

export const machineStore = (): CertificateStore => folderStore(machine.certificates)

/**
 * Sees to it that the machine has a good certificate, and that NGINX shows it: with its next handshake, without a reload.
 * Throws like `ensureCertificate`.
 */
export async function obtain(
  spec: CertificateSpec,
  how: Pick<CertificateRequest, 'force' | 'unattended'>,
  host: Host,
  ctx: Context,
  address?: Address,
): Promise<Ensured> {
  const { names, dns, shared, ...rest } = spec
  const provider = await createProvider(dns as DnsSettings, await dnsSecretsOn(host, dns.provider))
  // Whoever opens a site with an authority agrees to its terms: docs/guide/certificates.md says so.
  const request = { names, termsAgreed: true, ...withoutUndefined(rest), ...how } as CertificateRequest
  const store = machineStore()
  const before = (await store.current())?.id
  const accept = async (packed: Secret | undefined) => {
    if (packed) await store.locked(() => acceptHandover(packed, store, names, ctx), ctx)
  }
  await accept(await handoverOf(host))
  const deps = { store, provider, ...(address ? { address } : {}) }
  const ensure = () => ensureCertificate(request, deps, ctx)
  const ensured = shared ? await withShelf(host, shared, ctx, (shelf) => throughShelf(shelf)) : await ensure()
  await showCertificate(names, ctx)
  return { ...ensured, changed: ensured.certificate?.id !== before }

  /** Another machine may have renewed it; what this one has, the others find there. */
  async function throughShelf(shelf: Shelf): Promise<Ensured> {
    const found = await shelf.read()
    await accept(found)
    const ensured = await ensure()
    const packed = await packHandover(store, spec.authority.directory)
    if (packed && packed.reveal() !== found?.reveal()) await shelf.put(packed)
    return ensured
  }
}

/** What came with the request, from an operator's side that has issued a certificate already. */
export function handoverOf(host: Host): Promise<Secret | undefined> {
  return host.secret(handoverSecret).catch(() => undefined)
}

/** Puts what the store has before NGINX. Costs nothing where it is there already. */
export async function showCertificate([domain = '', ...aliases]: readonly string[], { clock }: Context): Promise<void> {
  await installCertificate({ domain, aliases }, clock)
}

async function dnsSecretsOn(host: Host, provider: DnsSettings['provider']): Promise<DnsSecrets> {
  const { required, optional } = secretNames[provider]
  const found = await Promise.all(
    [...required, ...optional].map(
      async (name) => [name, await readSecretFile(host.secrets, dnsSecretFile(name))] as const,
    ),
  )
  return Object.fromEntries(found.filter(([, secret]) => secret !== undefined)) as DnsSecrets
}

function withoutUndefined<T extends object>(value: T): Partial<T> {
  return Object.fromEntries(Object.entries(value).filter(([, each]) => each !== undefined)) as Partial<T>
}
