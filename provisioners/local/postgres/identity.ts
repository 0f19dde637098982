import { lstat, readFile, stat } from 'node:fs/promises'
import { userInfo } from 'node:os'
import { dirname } from 'node:path'
import { BookstoreError } from '../../engine/errors.ts'
import { runProgram } from '../run-program.ts'

/** How to run PostgreSQL, which refuses to run as root. */
export interface Identity {
  kind: 'self' | 'namespace' | 'nobody'
  /** Put before the program. */
  prefix: readonly string[]
  /** Become this user first, and own the data. */
  user?: { uid: number; gid: number }
}

const self: Identity = { kind: 'self', prefix: [] }
const namespace: Identity = {
  kind: 'namespace',
  prefix: ['unshare', '--user', '--map-user=65534', '--map-group=65534'],
}

export interface Question {
  uid: number
  /** Owner of the data that is there, if any: it was made by `nobody` when that is not us. */
  dataOwner: number | undefined
  namespaceWorks(): Promise<boolean>
  nobody(): Promise<{ uid: number; gid: number }>
  /** First folder on the way to one of ours that others may not pass, if there is one. */
  barrier(): Promise<string | undefined>
}

/** An ordinary user runs it as is; root in a user namespace, where that is allowed; else root becomes `nobody`. */
export async function chooseIdentity(question: Question): Promise<Identity> {
  if (question.uid !== 0) return self
  const madeByNobody = question.dataOwner !== undefined && question.dataOwner !== 0
  if (!madeByNobody && (await question.namespaceWorks())) return namespace
  const barrier = await question.barrier()
  if (barrier !== undefined) throw unreachable(barrier)
  return { kind: 'nobody', prefix: [], user: await question.nobody() }
}

function unreachable(barrier: string): BookstoreError {
  return new BookstoreError(
    `PostgreSQL does not run as root, this system allows root no user namespace (unshare), and the user nobody cannot pass ${barrier}.`,
    {
      code: 'postgres-root',
      fault: 'user',
      hint: 'Run bookstore as an ordinary user, or set BOOKSTORE_HOME to a folder that others may pass, such as /var/lib/bookstore.',
    },
  )
}

/** Asks this computer. `ways` are the folders that `nobody` has to reach: parents of the home, and the programs. */
export async function askSystem(cluster: string, ways: readonly string[]): Promise<Identity> {
  return chooseIdentity({
    uid: userInfo().uid,
    dataOwner: (await lstat(cluster).catch(() => undefined))?.uid,
    namespaceWorks,
    nobody,
    barrier: () => firstBarrier(ways),
  })
}

async function namespaceWorks(): Promise<boolean> {
  const answer = await runProgram([...namespace.prefix, 'true']).catch(() => undefined)
  return answer?.code === 0
}

async function nobody(): Promise<{ uid: number; gid: number }> {
  const users = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const [, , uid, gid] =
    users
      .split('\n')
      .find((line) => line.startsWith('nobody:'))
      ?.split(':') ?? []
  return { uid: Number(uid ?? 65_534), gid: Number(gid ?? 65_534) }
}

async function firstBarrier(ways: readonly string[]): Promise<string | undefined> {
  for (const way of ways) {
    for (let folder = way; folder !== dirname(folder); folder = dirname(folder)) {
      const found = await stat(folder).catch(() => undefined)
      if (found && (found.mode & 0o001) === 0) return folder
    }
  }
  return undefined
}
