import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { AwsBlueprint } from '../../blueprints/aws.ts'
import { BookstoreError } from '../../engine/errors.ts'
import { writeFileAtomic } from '../../engine/files.ts'
import type { Context } from '../../engine/resource.ts'
import type { Site, VmSettings } from '../../site.ts'
import { replaceKeys } from '../../ssh/known-hosts.ts'
import { knownHostsOf } from '../../vm/enter.ts'
import { bucketName } from '../bucket/bucket.ts'
import { userOf } from '../image/distributions.ts'

/** True when the machine runs at its address, as it was last seen. */
export function isReachable({ machine, address }: AwsBlueprint): boolean {
  const [found, at] = [machine.seen(), address.seen()]
  return found?.state === 'running' && at?.instanceId === found.id
}

/**
 * How the machine is entered: its address, the stack's key, and the host keys that it may show. Key and known hosts are
 * written to the operator's folder; they are a cache of what is kept with the stack.
 *
 * @throws BookstoreError 'no-machine'.
 */
export async function machineOf(site: Site, blueprint: AwsBlueprint, ctx: Context): Promise<VmSettings> {
  const { stack, key, address, machine, hostKeys } = blueprint
  const [kept, at, found] = [key.seen(), address.seen(), machine.seen()]
  if (!kept || !at || !found) throw noMachine()
  const folder = join(site.home, 'aws')
  await mkdir(folder, { recursive: true, mode: 0o700 })
  const file = join(folder, 'ssh-key')
  await writeFileAtomic(file, kept.privateKey.reveal(), 0o600)
  const user = userOf(found.madeFrom ?? site.aws?.image ?? '')
  const target = { host: at.ip, port: 22, user, key: file, hostKey: undefined }
  await replaceKeys(knownHostsOf(site), target, await hostKeys.publicKeys(ctx))
  return {
    instances: site.aws?.instances,
    containers: undefined,
    publish: { region: stack.aws.region, bucket: bucketName(stack), account: stack.account },
    machines: [{ ...target, roles: ['web', 'database'] }],
  }
}

/** The same, after it was looked for what there is. */
export async function locate(site: Site, blueprint: AwsBlueprint, ctx: Context): Promise<VmSettings> {
  const { key, address, machine } = blueprint
  await Promise.all([key, address, machine].map((each) => each.read(ctx)))
  return machineOf(site, blueprint, ctx)
}

function noMachine(): BookstoreError {
  return new BookstoreError('There is no machine of this shop yet.', {
    code: 'no-machine',
    fault: 'user',
    hint: 'Make it: bookstore up',
  })
}
