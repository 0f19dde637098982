import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import { retry } from '../../engine/retry.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'

const schema = z.strictObject({
  name: z.string().regex(/^[a-z][a-z0-9-]*$/),
  /** Not made by this item. */
  home: z.string().startsWith('/'),
  /** Other groups that it is a member of; they have to be there. */
  groups: z.array(z.string()).default([]),
})

type User = z.output<typeof schema>

interface State {
  home: string
  shell: string
  groups: readonly string[]
  /** Made by us, so that it may be deleted by us. */
  ours: boolean
}

const noLogin = '/usr/sbin/nologin'
/** In the field for a person's name, as /etc/passwd calls it. */
const mark = 'made by bookstore'

/** A system user with a group of its own, who cannot log in. One who was there before us is not deleted. */
export const user = itemKind<User>({ kind: 'user', schema, resource, identity: ({ name }) => name })

function resource(base: ItemBase, spec: User, host: Host) {
  const wanted = { home: spec.home, shell: noLogin, groups: spec.groups.toSorted() }
  return define<Omit<State, 'ours'>, State>({
    ...base,
    desired: () => wanted,
    read: () => readState(spec.name),
    diff: (desired, actual) =>
      changeOf(
        differs('home', actual.home, desired.home),
        differs('shell', actual.shell, desired.shell),
        differs('groups', membership(desired, actual), desired.groups),
      ),
    ensure: async (desired, actual, ctx) => {
      await change(host, actual ? usermod(spec) : useradd(spec), base, ctx)
      return { ...desired, ours: actual?.ours ?? true }
    },
    remove: async ({ ours }, ctx) => {
      if (ours) await change(host, ['userdel', spec.name], base, ctx)
    },
    cost: () => freely,
  })
}

/** Being in more groups than we ask for is nobody's mistake. */
function membership(desired: { groups: readonly string[] }, actual: State): readonly string[] {
  return desired.groups.filter((group) => actual.groups.includes(group))
}

type Argv = readonly [string, ...string[]]

function useradd({ name, home, groups }: User): Argv {
  const identity = ['--system', '--user-group', '--no-create-home', '--comment', mark]
  return ['useradd', ...identity, '--home-dir', home, '--shell', noLogin, '--groups', groups.join(','), name]
}

function usermod({ name, home, groups }: User): Argv {
  return ['usermod', '--home', home, '--shell', noLogin, '--append', '--groups', groups.join(','), name]
}

/** The files of users have a lock of their own; useradd(8) and its like end with 1 or 10 when somebody else holds it. */
async function change(host: Host, argv: Argv, { address }: ItemBase, ctx: Context): Promise<void> {
  const attempt = async () => {
    const { code, stderr } = await host.run(argv, { accept: [0, 1, 10] })
    if (code !== 0) throw locked(argv, stderr)
  }
  await retry(attempt, { codes: ['users-locked'], attempts: 6, firstDelayMs: 1_000, address }, ctx)
}

function locked(argv: Argv, said: string): BookstoreError {
  return new BookstoreError(`'${argv[0]}' could not change the users of this machine: ${said.trim()}`, {
    code: 'users-locked',
    fault: 'remote',
    hint: 'Another program may be changing them. Run the same command again.',
  })
}

async function readState(name: string): Promise<State | undefined> {
  const [passwd, group] = await Promise.all([readFile('/etc/passwd', 'utf8'), readFile('/etc/group', 'utf8')])
  return userIn(name, passwd, group)
}

/** From the text of passwd(5) and group(5). */
export function userIn(name: string, passwd: string, group: string): State | undefined {
  const fields = passwd.split('\n').map((line) => line.split(':'))
  const entry = fields.find(([each]) => each === name)
  if (!entry) return undefined
  const groups = group
    .split('\n')
    .map((line) => line.split(':'))
    .filter(([, , , members = '']) => members.split(',').includes(name))
    .map(([each = '']) => each)
  return { home: entry[5] ?? '', shell: entry[6] ?? '', groups: groups.toSorted(), ours: entry[4] === mark }
}
