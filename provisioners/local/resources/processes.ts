import { briefly, changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Address, Context, Resource } from '../../engine/resource.ts'
import type { LocalSite } from '../local-site.ts'
import { runUntilReady } from '../run-until-ready.ts'
import { demand } from '../supervisor/client.ts'
import type { ProcessStatus } from '../supervisor/protocol.ts'
import { type ProcessSpec, specHash } from '../supervisor/spec.ts'
import { at } from './addresses.ts'

export interface ProcessDefinition {
  name: string
  label: string
  dependsOn: readonly Address[]
  spec(): Promise<ProcessSpec>
  /** Before it starts or starts again. */
  prepare?(ctx: Context): Promise<void>
  /** Others do its work while it is replaced. */
  redundant?: boolean
  detail?(): Promise<string>
}

/** One supervised process. It is as wanted when the supervisor has the same spec for it and it is ready. */
export function processResource(local: LocalSite, definition: ProcessDefinition): Resource {
  const { name, label, dependsOn } = definition
  let detail = ''
  return define<ProcessSpec, ProcessStatus>({
    address: at.process(name),
    label,
    dependsOn,
    desired: () => definition.spec(),
    async read() {
      return (await local.status())?.processes.find((each) => each.name === name)
    },
    diff: (spec, found) =>
      changeOf(
        found.hash !== specHash(spec) && { field: 'program or settings', from: found.hash, to: specHash(spec) },
        differs('state', found.state, 'ready'),
      ),
    async ensure(spec, _found, ctx) {
      await definition.prepare?.(ctx)
      const status = await runUntilReady(local, spec, at.process(name), ctx)
      detail = (await definition.detail?.()) ?? ''
      return status
    },
    async remove() {
      await demand(local.layout.supervisorSocket, { do: 'remove', name })
      local.changed('processes')
    },
    detail: () => detail,
    cost: (action) => (action === 'create' || definition.redundant ? freely : briefly),
  })
}

/** Processes that run and are no longer wanted, stopped when NGINX no longer sends them anything. */
export function retired(local: LocalSite, wanted: readonly string[], dependsOn: readonly Address[]): Resource {
  const socket = local.layout.supervisorSocket
  return define<readonly string[], readonly string[]>({
    address: at.retired,
    label: 'retired processes',
    dependsOn,
    desired: () => [],
    async read() {
      return (await local.status())?.processes.map((each) => each.name).filter((name) => !wanted.includes(name)) ?? []
    },
    diff: (desired, found) => changeOf(differs('running', found, desired)),
    async ensure(_desired, found) {
      await Promise.all((found ?? []).map((name) => demand(socket, { do: 'remove', name })))
      local.changed('processes')
      return []
    },
  })
}
