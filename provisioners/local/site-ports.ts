import { BookstoreError } from '../engine/errors.ts'
import type { LocalSite } from './local-site.ts'
import { worksIn } from './os-process.ts'
import { requirePort } from './ports.ts'

type PortSetting = 'httpsPort' | 'httpPort'
type PortOwner = Pick<LocalSite, 'site' | 'layout' | 'ipv6'>

/**
 * Whether NGINX of this site can have a port, or has it: all our processes work in our run folder. Throws `port-taken`
 * or `port-forbidden`.
 */
export async function portState(
  { site, layout, ipv6 }: PortOwner,
  setting: PortSetting,
): Promise<'in use by this shop' | 'free'> {
  try {
    await requirePort(site.local[setting], setting, ['127.0.0.1', ...(ipv6 ? ['::1'] : [])])
    return 'free'
  } catch (error) {
    const holder = error instanceof BookstoreError ? error.details.pid : undefined
    if (typeof holder === 'number' && worksIn(holder, layout.run)) return 'in use by this shop'
    throw error
  }
}

/** Before NGINX is started or gets another port. */
export async function requirePorts(local: PortOwner): Promise<void> {
  await portState(local, 'httpsPort')
  await portState(local, 'httpPort')
}
