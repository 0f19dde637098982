import { briefly, changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Resource } from '../../engine/resource.ts'
import type { LocalSite } from '../local-site.ts'
import { revisionOf } from '../programs.ts'
import type { SupervisorStatus } from '../supervisor/protocol.ts'
import { startSupervisor, stopSupervisor } from '../supervisor/start.ts'
import { at } from './addresses.ts'

/** What keeps the processes running when no command is. Another build of it takes its place. */
export function supervisor(local: LocalSite): Resource {
  const { layout, programs } = local
  return define<{ revision: string }, SupervisorStatus>({
    address: at.supervisor,
    label: 'supervisor',
    dependsOn: [at.folders],
    desired: async () => ({ revision: await revisionOf(programs.supervisor) }),
    read: () => local.status(),
    diff: ({ revision }, found) =>
      changeOf(differs('program', found.revision, revision), differs('node', found.node, local.node)),
    async ensure(_desired, found, ctx) {
      if (found) await stopSupervisor(layout, ctx.signal)
      const status = await startSupervisor(layout, programs, ctx)
      local.changed('processes')
      return status
    },
    async remove(_found, ctx) {
      await stopSupervisor(layout, ctx.signal)
      local.changed('processes')
    },
    detail: ({ pid }) => `pid ${pid}`,
    cost: (action) => (action === 'create' ? freely : briefly),
  })
}
