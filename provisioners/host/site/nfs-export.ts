import { z } from 'zod'
import { ganeshaText } from '../../../templates/nfs/ganesha.ts'
import { nfsUnit } from '../../../templates/systemd/nfs-unit.ts'
import { briefly, changeOf, define, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { ownerOf, ownerText } from '../items/owner.ts'
import { machine, shopUser } from '../layout.ts'
import { contentChange, plainFile, readFileState, writeFileSpec } from '../parts/file.ts'
import { type ManagedState, ManagedUnit, unitChanges } from '../parts/managed-unit.ts'
import { Originals } from '../parts/originals.ts'

const schema = z.strictObject({
  /** The folder. */
  path: z.string().startsWith('/'),
  /** Addresses of the machines that may mount it. */
  to: z.array(z.union([z.ipv4(), z.ipv6()])).min(1),
})

type Export = z.output<typeof schema>

interface State {
  content: string
  unit: ManagedState | undefined
}

/** By which other machines ask for the folder. */
export const exportName = '/covers'

/** NFS's own. */
export const nfsPort = 2049

const configuration = `${machine.etc}/nfs.conf`
const memory = `${machine.state}/nfs`

/**
 * A folder that other machines may mount by NFS 4, and nobody else. Whoever they are there, root included, here they are the
 * shop's user: that user's numbers need not be the same on two machines.
 *
 * Wants first: packages `nfs-ganesha` and `nfs-ganesha-vfs`, the user `bookstore`, the folder, `firewall`.
 */
export const nfsExport = itemKind<Export>({ kind: 'nfs-export', schema, resource, identity: ({ path }) => path })

function resource(base: ItemBase, { path, to }: Export, host: Host) {
  const { name, text } = nfsUnit({ configuration, state: memory.replace('/var/lib/', ''), path })
  const spec = {
    ...{ unit: name, content: text, dropIn: false, enabled: true, running: true },
    ...{ restartOn: [configuration], reloadOn: [] },
  }
  const unit = new ManagedUnit(spec, host)
  const originals = new Originals(host.memory)
  const owner = { owner: shopUser, group: shopUser }
  return define<string, State>({
    ...base,
    // While it is being planned, there may be no such user yet.
    desired: async () => ((await ownerText(owner)).includes(shopUser) ? '' : configurationText()),
    async read() {
      const [file, state] = await Promise.all([readFileState(configuration), unit.read()])
      return file || state ? { content: file?.content ?? '', unit: state } : undefined
    },
    diff: (desired, actual) =>
      changeOf(
        contentChange(desired, actual.content),
        ...(actual.unit ? unitChanges(spec, actual.unit) : [{ field: 'unit', from: 'missing', to: 'running' }]),
      ),
    async ensure(_, actual) {
      const content = await configurationText()
      await originals.remember(configuration)
      await writeFileSpec({ ...plainFile, path: configuration, content })
      return { content, unit: await unit.ensure(actual?.unit) }
    },
    async remove() {
      await unit.remove()
      await originals.restore(configuration)
    },
    cost: (action) => (action === 'create' ? freely : briefly),
  })

  async function configurationText(): Promise<string> {
    return ganeshaText({ path, name: exportName, to, ...(await ownerOf(owner)), memory })
  }
}
