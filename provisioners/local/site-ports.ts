import type { LocalSite } from './local-site.ts'
import { groupMembers, isAlive } from './os-process.ts'
import { holderOf, requirePort } from './ports.ts'
import { readJournal } from './supervisor/journal.ts'

type PortSetting = 'httpsPort' | 'httpPort'
type PortOwner = Pick<LocalSite, 'site' | 'layout' | 'ipv6'>

/** Whether NGINX of this site can have a port, or has it. Throws `port-taken` or `port-forbidden`. */
export async function portState(
  { site, layout, ipv6 }: PortOwner,
  setting: PortSetting,
): Promise<'in use by this shop' | 'free'> {
  const port = site.local[setting]
  const nginx = readJournal(layout.journal).children.find((each) => each.name === 'nginx')
  const holder = holderOf(port)
  const ours = nginx && isAlive(nginx) ? groupMembers(nginx.pid, nginx.cwd).map(({ pid }) => pid) : []
  if (holder && ours.includes(holder.pid)) return 'in use by this shop'
  await requirePort(port, setting, ['127.0.0.1', ...(ipv6 ? ['::1'] : [])])
  return 'free'
}

/** Before NGINX is started or gets another port. */
export async function requirePorts(local: PortOwner): Promise<void> {
  await portState(local, 'httpsPort')
  await portState(local, 'httpPort')
}
