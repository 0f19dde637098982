import { lstat, rm } from 'node:fs/promises'
import { z } from 'zod'
import { type RunFolder, tmpfilesText } from '../../../templates/systemd/tmpfiles.ts'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { modeText, ownerText } from '../items/owner.ts'
import { databaseSocketFolder, machine, nginxUser, shopUser, slots, upstreamFolder } from '../layout.ts'
import { plainFile, readFileState, writeFileSpec } from '../parts/file.ts'

const schema = z.strictObject({
  /** What the machine is for: each has folders of its own. */
  roles: z.array(z.enum(['web', 'database', 'files'])).min(1),
})

type Spec = z.output<typeof schema>

interface State {
  text: string
  /** Path -> owner and mode. */
  folders: Readonly<Record<string, string | undefined>>
}

const path = '/etc/tmpfiles.d/bookstore.conf'

/**
 * Folders for sockets, logs and what NGINX keeps for a while. Most are in memory, so systemd makes them again at each
 * boot. A socket can be reached by its own user and by the group of those that talk to it, and by nobody else.
 *
 * Wants first: the users `bookstore` and `bookstore-nginx` (role web), the package `postgresql` (role database).
 */
export const runFolders = itemKind<Spec>({ kind: 'run-folders', schema, resource })

function resource(base: ItemBase, { roles }: Spec, host: Host) {
  const wanted = foldersOf(roles)
  return define<State, State>({
    ...base,
    desired: async () => ({
      text: tmpfilesText(wanted),
      folders: Object.fromEntries(await Promise.all(wanted.map(async (it) => [it.path, await describeWanted(it)]))),
    }),
    async read() {
      const file = await readFileState(path)
      const folders = await Promise.all(wanted.map(async (it) => [it.path, await describe(it.path)] as const))
      return file && { text: file.content, folders: Object.fromEntries(folders) }
    },
    diff: (desired, actual) =>
      changeOf(
        desired.text !== actual.text && { field: 'list', from: 'what is written', to: 'as it should be' },
        ...Object.entries(desired.folders).map(([name, state]) => differs(name, actual.folders[name], state)),
      ),
    async ensure(desired) {
      await writeFileSpec({ ...plainFile, path, content: desired.text })
      await host.run(['systemd-tmpfiles', '--create', path])
      return desired
    },
    async remove() {
      await rm(path, { force: true })
      const passing = wanted.filter(({ path }) => path !== machine.run && path !== machine.logs)
      await Promise.all(passing.map(({ path }) => rm(path, { recursive: true, force: true })))
    },
    cost: () => freely,
  })
}

function foldersOf(roles: Spec['roles']): readonly RunFolder[] {
  const root = { user: 'root', group: 'root', mode: '0755' }
  const shop = { user: shopUser, group: shopUser, mode: '0750' }
  const nginx = { user: nginxUser, group: shopUser, mode: '0750' }
  const web: RunFolder[] = [
    { ...root, path: machine.upstreams },
    ...slots.flatMap((slot) => [
      { ...shop, path: `${machine.run}/${slot}` },
      { ...nginx, path: upstreamFolder(slot) },
    ]),
    { ...nginx, path: machine.nginxRun, group: nginxUser },
    { ...nginx, path: machine.nginxCache, group: nginxUser },
    { ...nginx, path: machine.logs, group: 'adm' },
  ]
  const database: RunFolder[] = [{ path: databaseSocketFolder, mode: '0750', user: 'postgres', group: shopUser }]
  return [
    { ...root, path: machine.run },
    ...(roles.includes('web') ? web : []),
    ...(roles.includes('database') ? database : []),
  ]
}

async function describeWanted({ user, group, mode }: RunFolder): Promise<string> {
  return `${await ownerText({ owner: user, group })} ${mode}`
}

async function describe(folder: string): Promise<string | undefined> {
  const found = await lstat(folder).catch(() => undefined)
  return found?.isDirectory() ? `${found.uid}:${found.gid} ${modeText(found.mode)}` : undefined
}
