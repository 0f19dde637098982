import { createHash } from 'node:crypto'
import { BookstoreError } from '../../engine/errors.ts'
import { readAuthority } from '../local-ca.ts'
import { authorityFiles } from '../store.ts'
import { type Computer, thisComputer } from './computer.ts'
import { keychain } from './macos.ts'
import { nssStores } from './nss.ts'
import type { Root, TrustOutcome, TrustStore } from './store.ts'
import { systemStore } from './system.ts'

/**
 * Makes this computer's programs trust the authority of one site, or no longer. Goes through all stores that it finds
 * and says of each what it did. Throws `no-authority` when there is none to trust.
 */
export async function changeTrust(
  tls: string,
  act: 'add' | 'remove',
  signal: AbortSignal,
  computer = thisComputer(),
): Promise<TrustOutcome[]> {
  const root = await rootIn(tls)
  const outcomes: TrustOutcome[] = []
  // One after another: several databases may belong to one tool that locks.
  for (const store of await storesOf(computer)) outcomes.push(await store[act](root, signal))
  return outcomes
}

async function storesOf(computer: Computer): Promise<TrustStore[]> {
  const system = computer.platform === 'darwin' ? keychain(computer) : systemStore(computer)
  return [system, ...(await nssStores(computer))]
}

/** Its name is unique per home, so that two sites of the same name do not take each other's place. */
async function rootIn(tls: string): Promise<Root> {
  const found = await readAuthority(tls)
  if (found) {
    const place = createHash('sha256').update(tls).digest('hex').slice(0, 8)
    const name = `bookstore local authority ${place}`
    return {
      file: authorityFiles(tls).certificate,
      pem: found.chain,
      name,
      commonName: found.x509.subject.replace(/^CN=/, ''),
    }
  }
  throw new BookstoreError('There is no local authority yet that could be trusted.', {
    code: 'no-authority',
    fault: 'user',
    hint: 'Run `bookstore up`; it makes one.',
  })
}
