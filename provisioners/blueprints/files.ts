import type { Address } from '../engine/resource.ts'
import { itemAddress } from '../host/address.ts'
import { packagesAddress } from '../host/base.ts'
import { machine, shopUser } from '../host/layout.ts'
import type { Item } from '../host/manifest.ts'
import { nfsPort } from '../host/site/nfs-export.ts'
import type { Role } from '../site.ts'
import type { SiteNetwork } from './network.ts'

/** Whether a machine with these roles has the covers of another one. */
export function coversElsewhere(roles: readonly Role[], { files }: SiteNetwork): boolean {
  return roles.includes('web') && files !== '' && !roles.includes('files')
}

const exported = (roles: readonly Role[], { mounting }: SiteNetwork) => roles.includes('files') && mounting.length > 0

/** What NFS needs; nothing of it runs but our own units. Mounting NFS 4 needs no portmapper, nor does serving it. */
export function filesPackages(roles: readonly Role[], network: SiteNetwork) {
  const portmapper = { name: 'rpcbind', off: ['rpcbind.service', 'rpcbind.socket'] }
  return [
    ...(exported(roles, network)
      ? [
          portmapper,
          { name: 'nfs-ganesha', off: ['nfs-ganesha.service', 'nfs-ganesha-lock.service'] },
          { name: 'nfs-ganesha-vfs' },
        ]
      : []),
    ...(coversElsewhere(roles, network) ? [portmapper, { name: 'nfs-common' }] : []),
  ]
}

/** Ports that it needs open, and for whom. */
export function filesPorts(roles: readonly Role[], network: SiteNetwork) {
  return exported(roles, network) ? [{ port: nfsPort, from: network.mounting }] : []
}

/** The folder of the covers: here, here for others too, or that of another machine. */
export function filesOn(roles: readonly Role[], network: SiteNetwork): readonly Item[] {
  const [path, state] = [machine.covers, itemAddress('directory', 'state')]
  if (coversElsewhere(roles, network)) {
    const spec = { server: network.files, at: path }
    return [item('mount', 'covers', 'covers of all web machines', [packagesAddress, state], spec)]
  }
  if (!roles.includes('web') && !exported(roles, network)) return []
  const owned = { path, owner: shopUser, group: shopUser, mode: '0750' }
  const folder = item('directory', 'covers', 'folder of the covers', [state, itemAddress('user', shopUser)], owned)
  if (!exported(roles, network)) return [folder]
  const needed = [packagesAddress, itemAddress('firewall', 'all'), itemAddress('directory', 'covers')]
  const spec = { path, to: network.mounting }
  return [folder, item('nfs-export', 'covers', 'covers for the other web machines', needed, spec)]
}

function item(kind: string, name: string, label: string, dependsOn: readonly Address[], spec: unknown): Item {
  return { kind, name, label, dependsOn, spec }
}
