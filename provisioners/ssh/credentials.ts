import { readFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import ssh2, { type AuthenticationType, type AuthHandlerMiddleware } from 'ssh2'
import { BookstoreError } from '../engine/errors.ts'
import type { SshTarget } from './target.ts'

/** What the operator can identify with. */
export interface Credentials {
  /** Tried one after the other; each as ssh2's authHandler takes it. */
  methods: readonly Method[]
  /** The same for people: names of files, 'the agent'. */
  names: readonly string[]
}

type Method = Exclude<Parameters<Parameters<AuthHandlerMiddleware>[2]>[0], AuthenticationType | false>

const usualFiles = ['id_ed25519', 'id_ecdsa', 'id_rsa']

/**
 * The key that the configuration names, else the agent, then the usual files.
 * @throws BookstoreError 'key-unreadable', 'key-encrypted' for a key that was named.
 */
export async function credentialsOf(target: SshTarget, agentSocket: string | undefined): Promise<Credentials> {
  const { user, key } = target
  if (key !== undefined) {
    return { methods: [{ type: 'publickey', username: user, key: await readKey(key) }], names: [key] }
  }
  const methods: Method[] = []
  const names: string[] = []
  if (agentSocket) {
    methods.push({ type: 'agent', username: user, agent: agentSocket })
    names.push('the keys of your agent')
  }
  for (const name of usualFiles) {
    const path = join(homedir(), '.ssh', name)
    const found = await readKey(path).catch(() => undefined)
    if (found === undefined) continue
    methods.push({ type: 'publickey', username: user, key: found })
    names.push(`~/.ssh/${name}`)
  }
  return { methods, names }
}

async function readKey(path: string): Promise<string> {
  const file = path.startsWith('~/') ? join(homedir(), path.slice(2)) : path
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new BookstoreError(`The SSH key ${path} cannot be read.`, {
      code: 'key-unreadable',
      fault: 'user',
      hint: 'Check vm.machines[].key in the configuration.',
      cause,
    })
  })
  const parsed = ssh2.utils.parseKey(text)
  const first = Array.isArray(parsed) ? parsed[0] : parsed
  if (first && !(first instanceof Error) && first.isPrivateKey()) return text
  const encrypted = first instanceof Error && /encrypted|passphrase/i.test(first.message)
  throw new BookstoreError(`The SSH key ${path} ${encrypted ? 'has a passphrase' : 'is no private key'}.`, {
    code: encrypted ? 'key-encrypted' : 'key-unreadable',
    fault: 'user',
    hint: encrypted
      ? `Unlock it in your agent (ssh-add ${path}), and leave key: out of the configuration.`
      : 'Name the private key, not the .pub file beside it.',
    cause: first,
  })
}
