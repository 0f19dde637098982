import { join } from 'node:path'
import type { Computer } from './computer.ts'
import type { Root, TrustOutcome, TrustStore } from './store.ts'

const name = 'macOS keychain'

/** The user's own keychain: no administrator is needed, macOS asks the user. Safari, Chrome and curl use it. */
export function keychain(computer: Computer): TrustStore {
  const file = join(computer.home, 'Library/Keychains/login.keychain-db')
  const present = async (root: Root, signal: AbortSignal) =>
    (await computer.run(['security', 'find-certificate', '-c', root.commonName, file], signal)).code === 0
  return {
    name,
    async add(root, signal) {
      if (await present(root, signal)) return { store: name, did: 'was there' }
      return act(computer, ['security', 'add-trusted-cert', '-r', 'trustRoot', '-k', file, root.file], 'added', signal)
    },
    async remove(root, signal) {
      if (!(await present(root, signal))) return { store: name, did: 'was not there' }
      return act(computer, ['security', 'delete-certificate', '-c', root.commonName, '-t', file], 'removed', signal)
    },
  }
}

async function act(
  computer: Computer,
  argv: readonly string[],
  did: 'added' | 'removed',
  signal: AbortSignal,
): Promise<TrustOutcome> {
  const { code, output } = await computer.run(argv, signal)
  if (code === 0) return { store: name, did }
  return {
    store: name,
    did: 'could not',
    because: output.trim(),
    remedy: argv.map((word) => (/\s/.test(word) ? `'${word}'` : word)).join(' '),
  }
}
