import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { authorityName } from '../../certificates/acme/errors.ts'
import { letsEncrypt } from '../../certificates/acme/types.ts'
import { meet } from '../../certificates/served.ts'
import type { Finding } from '../../engine/check.ts'
import { makePrivateFolder, writeFileAtomic } from '../../engine/files.ts'
import type { Context } from '../../engine/resource.ts'
import type { Site } from '../../site.ts'

/** A certificate that was seen on a machine of the shop, by this operator. */
interface Issued {
  fingerprint: string
  directory: string
  names: readonly string[]
  /** ISO 8601; soon after it was issued. */
  seen: string
}

/** Of the very same names: https://letsencrypt.org/docs/rate-limits/#new-certificates-per-exact-set-of-identifiers */
const most = 5
const spanMs = 7 * 24 * 3_600_000

const fileOf = ({ home }: Site) => join(home, 'aws', 'issued.json')
const namesOf = ({ domain, aliases }: Site) => [domain, ...aliases].toSorted()

/** Notes which certificate a machine shows. It is a memory of this folder alone, and nothing depends on it. */
export async function rememberIssued(site: Site, address: string, { signal, clock }: Context): Promise<void> {
  const { fingerprint } = await meet({ address }, site.domain, undefined, signal)
  if (fingerprint === undefined) return
  const before = await recall(site)
  if (before.some((each) => each.fingerprint === fingerprint)) return
  const { directory } = site.certificates
  const entry: Issued = { fingerprint, directory, names: namesOf(site), seen: clock.now().toISOString() }
  await makePrivateFolder(join(site.home, 'aws'))
  await writeFileAtomic(fileOf(site), `${JSON.stringify([...before.slice(-50), entry], undefined, 1)}\n`, 0o600)
}

/**
 * Whether the authority will sign once more, as far as it is known here: what others have ordered, or somebody from another
 * folder, only the authority knows.
 *
 * @param stands A machine of the shop stands, and keeps its certificate.
 */
export async function limitsFinding(site: Site, stands: boolean, now: Date): Promise<Finding> {
  if (stands) return { ok: true, message: 'the machine keeps its certificate; none is ordered' }
  const { directory } = site.certificates
  const name = authorityName({ directory })
  if (directory !== letsEncrypt.production.directory) return { ok: true, message: `no limits of ${name} are known` }
  const recent = (await recall(site))
    .filter((each) => each.directory === directory && each.names.join() === namesOf(site).join())
    .map(({ seen }) => new Date(seen).getTime())
    .filter((seen) => seen > now.getTime() - spanMs)
    .toSorted((a, b) => a - b)
  const message = `${recent.length} of ${most} certificates of these names in 7 days, as far as known here`
  const first = recent.at(-most)
  if (first === undefined) return { ok: true, message }
  const until = new Date(first + spanMs).toISOString()
  return {
    ok: false,
    message: `${message}; ${name} signs none before ${until}`,
    hint: 'Wait until then, or try things out with certificates: {authority: letsencrypt-staging}.',
  }
}

async function recall(site: Site): Promise<readonly Issued[]> {
  try {
    return JSON.parse(await readFile(fileOf(site), 'utf8')) as readonly Issued[]
  } catch {
    return []
  }
}
