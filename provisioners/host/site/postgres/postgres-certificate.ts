import { mkdir, readFile, rm } from 'node:fs/promises'
import { z } from 'zod'
import { newKey } from '../../../certificates/key-pair.ts'
import type { PermittedNames } from '../../../certificates/name-constraints.ts'
import { readCertificate, type StoredCertificate, storeCertificate, storeKey } from '../../../certificates/store.ts'
import type { Validity } from '../../../certificates/x509.ts'
import { changeOf, define, differs, freely } from '../../../engine/define.ts'
import { makePrivateFolder } from '../../../engine/files.ts'
import type { Clock } from '../../../engine/resource.ts'
import type { Host } from '../../host.ts'
import { type ItemBase, itemKind } from '../../item.ts'
import { machine } from '../../layout.ts'
import { writeFileSpec } from '../../parts/file.ts'
import { authorityOf, serverFiles } from './certificate-files.ts'

const schema = z.strictObject({
  /** By which the databases are reached: what the others compare the certificate with. */
  address: z.union([z.ipv4(), z.ipv6()]),
})

type Spec = z.output<typeof schema>

interface State {
  names: readonly string[]
  /** It is good for that address. */
  fits: boolean
  /** The certificate is one of our authority's. */
  ours: boolean
  /** ISO 8601 */
  notAfter: string
}

/**
 * An authority of this machine's own, which nobody but the machines of this site is told of, and the certificate by which they know
 * its PostgreSQL. Every run with less than half of its time left makes a new one, so that nothing has to watch it.
 *
 * Wants first: the package `postgresql`, whose user reads the key.
 */
export const postgresCertificate = itemKind<Spec>({ kind: 'postgres-certificate', schema, resource })

function resource(base: ItemBase, { address }: Spec, host: Host) {
  return define<{ halfTime: string }, State>({
    ...base,
    desired: ({ clock }) => ({ halfTime: yearsFrom(clock, leafYears / 2).toISOString() }),
    read: () => readState(host, address),
    diff: ({ halfTime }, actual) =>
      changeOf(
        !actual.fits && { field: 'address', from: actual.names, to: [address] },
        differs('signed by our authority', actual.ours, true),
        actual.notAfter < halfTime && { field: 'until', from: actual.notAfter, to: 'a new one' },
      ),
    async ensure(_, __, { clock }) {
      await sign(address, host, clock)
      return (await readState(host, address)) as State
    },
    async remove() {
      const { certificate, key } = authorityOf(host)
      await Promise.all([certificate, key].map((path) => rm(path, { force: true })))
      await rm(machine.databaseCertificate, { recursive: true, force: true })
    },
    detail: ({ names, notAfter }) => `${names.join(', ')}, until ${notAfter.slice(0, 10)}`,
    cost: () => freely,
  })
}

async function readState(host: Host, address: string): Promise<State | undefined> {
  const [server, authority] = await Promise.all([readCertificate(serverFiles), readCertificate(authorityOf(host))])
  return (
    server && {
      names: server.names,
      fits: server.x509.checkIP(address) !== undefined,
      ours: authority !== undefined && isSignedBy(server, authority),
      notAfter: server.notAfter.toISOString(),
    }
  )
}

function isSignedBy({ x509 }: StoredCertificate, authority: StoredCertificate): boolean {
  return x509.verify(authority.x509.publicKey)
}

/** Any address, since that may change: whoever knows this authority knows it for the databases of this site alone. */
const permitted: PermittedNames = {
  dns: [],
  ip: [4, 16].map((bytes) => ({ address: Array<number>(bytes).fill(0), mask: Array<number>(bytes).fill(0) })),
}

/** The authority outlives what it signs, so that no service has to be told of another one while it runs. */
const rootYears = 30
const leafYears = 10
const yearsFrom = ({ now }: Pick<Clock, 'now'>, count: number) => new Date(now().getTime() + count * 365 * 86_400_000)

/** From an hour ago on: the clocks of two machines differ. */
const lasting = (clock: Clock, years: number): Validity => ({
  notBefore: new Date(clock.now().getTime() - 3_600_000),
  notAfter: yearsFrom(clock, years),
})

async function sign(address: string, host: Host, clock: Clock): Promise<void> {
  const { makeLeaf, makeRoot } = await import('../../../certificates/x509.ts')
  const files = authorityOf(host)
  const known = await readCertificate(files)
  if (!known || known.notAfter < yearsFrom(clock, leafYears)) {
    const key = newKey()
    await makePrivateFolder(host.secrets)
    await storeKey(files, key)
    await storeCertificate(files, await makeRoot('bookstore databases', key, lasting(clock, rootYears), permitted))
  }
  const [certificate, key] = await Promise.all([readFile(files.certificate, 'utf8'), readFile(files.key, 'utf8')])
  const own = newKey()
  const leaf = await makeLeaf([address], own, lasting(clock, leafYears), { certificate, key })
  await mkdir(machine.databaseCertificate, { recursive: true, mode: 0o755 })
  await writeFileSpec({ ...postgresOwns, path: serverFiles.key, content: own })
  await writeFileSpec({ ...postgresOwns, path: serverFiles.certificate, content: leaf })
}

const postgresOwns = { owner: 'postgres', group: 'postgres', mode: '0600' }
