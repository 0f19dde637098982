import { createPrivateKey } from 'node:crypto'
import type { Context } from '../../engine/resource.ts'
import { Secret } from '../../engine/secret.ts'
import { parseCertificate } from '../store.ts'
import type { CertificateStore, KeptCertificate } from './store.ts'

/** What one store gives to another for one authority, as text: account, certificate, and until when nobody is to ask. */
export async function packHandover(store: CertificateStore, authority: string): Promise<Secret | undefined> {
  const [account, current, { retryAt, failure }] = await Promise.all([
    store.account(authority),
    store.current(),
    store.diary(),
  ])
  if (!account && !current) return undefined
  const packed: Packed = {
    authority,
    ...(account ? { account: { ...account, key: account.key.reveal() } } : {}),
    ...(current
      ? { certificate: { chain: current.chain, key: current.key.reveal(), authority: current.authority } }
      : {}),
    ...(retryAt === undefined ? {} : { diary: { retryAt, ...(failure ? { failure } : {}) } }),
  }
  return new Secret(JSON.stringify(packed))
}

interface Packed {
  authority: string
  account?: { key: string; url?: string; contact?: string }
  certificate?: { chain: string; key: string; authority: string }
  diary?: { retryAt: string }
}

/** The certificate of a handover, where it is better than the one that stands: newer, for these names, of this authority, valid. */
export function betterOf(
  handover: Secret | undefined,
  current: KeptCertificate | undefined,
  { names, authority, now }: { names: readonly string[]; authority: string; now: Date },
): { chain: string; key: Secret; authority: string } | undefined {
  const offered = handover && unpack(handover).certificate
  if (!offered || offered.authority !== authority) return undefined
  const { x509, names: found, notBefore, notAfter, chain } = parseCertificate(offered.chain)
  const usable =
    x509.checkPrivateKey(createPrivateKey(offered.key)) &&
    names.every((name) => found.includes(name)) &&
    notAfter > now &&
    (!current || notBefore > current.notBefore)
  return usable ? { chain, key: new Secret(offered.key), authority } : undefined
}

/** SHA-256 of the certificate in a handover. */
export function handedFingerprint(handover: Secret | undefined): string | undefined {
  const offered = handover && unpack(handover).certificate
  return offered && parseCertificate(offered.chain).fingerprint
}

/** Takes over what is missing or better; what stands and is newer stays. */
export async function acceptHandover(
  handover: Secret,
  store: CertificateStore,
  names: readonly string[],
  ctx: Context,
): Promise<void> {
  const { authority, account, diary } = unpack(handover)
  if (account && !(await store.account(authority))) {
    await store.saveAccount(authority, { ...account, key: new Secret(account.key) })
  }
  const current = await store.current()
  if (diary && !current) await store.saveDiary({ ...diary, ...(await store.diary()) })
  const better = betterOf(handover, current, { names, authority, now: ctx.clock.now() })
  if (better) await store.keep(better)
}

const unpack = (handover: Secret) => JSON.parse(handover.reveal()) as Packed
