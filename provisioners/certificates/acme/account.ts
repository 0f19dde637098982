import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import { Secret } from '../../engine/secret.ts'
import type { Account, CertificateStore } from '../kept/store.ts'
import { newKey } from '../key-pair.ts'
import { AcmeClient } from './client.ts'
import { authorityName } from './errors.ts'
import type { AcmeAuthority } from './types.ts'

export interface AccountWish {
  contact?: string
  termsAgreed: boolean
}

/**
 * A client for our account at an authority; the account is opened when there is none. Its key is kept before it is
 * shown to the authority, so that a killed run finds the same account again.
 *
 * @throws BookstoreError 'terms-not-agreed'; AcmeProblem.
 */
export async function openAccount(
  authority: AcmeAuthority,
  wish: AccountWish,
  store: CertificateStore,
  ctx: Context,
): Promise<{ client: AcmeClient; account: Account }> {
  const kept = (await store.account(authority.directory)) ?? (await begin(authority, store))
  const client = new AcmeClient(authority, kept, ctx)
  try {
    return { client, account: await ensureAccount(client, kept, authority, wish, store) }
  } catch (error) {
    client.close()
    throw error
  }
}

async function begin({ directory }: AcmeAuthority, store: CertificateStore): Promise<Account> {
  const account = { key: new Secret(newKey()) }
  await store.saveAccount(directory, account)
  return account
}

async function ensureAccount(
  client: AcmeClient,
  kept: Account,
  authority: AcmeAuthority,
  { contact, termsAgreed }: AccountWish,
  store: CertificateStore,
): Promise<Account> {
  if (kept.url !== undefined && kept.contact === contact) return kept
  if (!termsAgreed) throw await termsNotAgreed(client, authority)
  if (kept.url !== undefined) await client.changeContact(contact)
  const url = kept.url ?? (await client.register(contact))
  const account = { key: kept.key, url, ...(contact === undefined ? {} : { contact }) }
  await store.saveAccount(authority.directory, account)
  return account
}

async function termsNotAgreed(client: AcmeClient, authority: AcmeAuthority): Promise<BookstoreError> {
  const terms = (await client.directory()).meta?.termsOfService
  const where = terms === undefined ? '' : `: ${terms}`
  return new BookstoreError(`${authorityName(authority)} asks you to agree to its terms of service${where}`, {
    code: 'terms-not-agreed',
    fault: 'user',
    hint: 'Read them, and say in the configuration that you agree.',
    details: { terms },
  })
}
