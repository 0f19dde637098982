import { mkdir, readdir, readFile, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { writeFileAtomic } from '../../engine/files.ts'
import { Secret } from '../../engine/secret.ts'
import type { CertificateFiles } from '../store.ts'
import { authorityId } from './authority-id.ts'
import { withPatientLease } from './patient-lease.ts'
import type { Account, CertificateStore, Diary, Order } from './store.ts'
import { keepVersion, readCurrent } from './versions.ts'

/** Where whoever serves the certificate reads it. Both files change in the same instant. */
export function servedFiles(folder: string): CertificateFiles {
  return { certificate: join(folder, 'current', 'fullchain.pem'), key: join(folder, 'current', 'key.pem') }
}

/**
 * A store in a folder of one machine. `current` is a symbolic link to a version; it is exchanged by a rename. Files are
 * 0600 and folders 0700: the master process of NGINX reads them as root.
 */
export function folderStore(folder: string): CertificateStore {
  const place = (...parts: string[]) => join(folder, ...parts)
  const accountFile = (authority: string) => place('accounts', `${authorityId(authority)}.json`)
  const orderFile = (authority: string) => place('orders', `${authorityId(authority)}.json`)
  return {
    async account(authority) {
      const found = await readJson<Omit<Account, 'key'> & { key: string }>(accountFile(authority))
      return found && { ...found, key: new Secret(found.key) }
    },
    saveAccount: (authority, account) =>
      writeJson(accountFile(authority), { authority, ...account, key: account.key.reveal() }),
    async orders() {
      const names = (await readdir(place('orders')).catch(absent)) ?? []
      const files = names.filter((name) => /^[^.].*\.json$/.test(name))
      const found = await Promise.all(files.map((name) => readJson<SavedOrder>(place('orders', name))))
      return found.flatMap((order) => (order ? [{ ...order, key: new Secret(order.key) }] : []))
    },
    saveOrder: (order) => writeJson(orderFile(order.authority), { ...order, key: order.key.reveal() }),
    removeOrder: (authority) => rm(orderFile(authority), { force: true }),
    current: () => readCurrent(folder),
    keep: (certificate) => keepVersion(folder, certificate),
    diary: async () => (await readJson<Diary>(place('diary.json'))) ?? {},
    saveDiary: (diary) => writeJson(place('diary.json'), diary),
    locked: (work, ctx) => withPatientLease(place('lease'), work, ctx),
  }
}

interface SavedOrder extends Omit<Order, 'key'> {
  key: string
}

async function readJson<T>(path: string): Promise<T | undefined> {
  const text = await readFile(path, 'utf8').catch(absent)
  return text === undefined ? undefined : (JSON.parse(text) as T)
}

async function writeJson(path: string, content: object): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 })
  await writeFileAtomic(path, `${JSON.stringify(content, undefined, 2)}\n`, 0o600)
}

function absent(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT') throw error
}
