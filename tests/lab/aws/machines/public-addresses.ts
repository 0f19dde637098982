import type { Address, Instance } from '@aws-sdk/client-ec2'
import type { Addresses } from '../addresses.ts'

/**
 * Gives every public address of the emulator one that is shown for it. An Elastic IP is the address of its instance as long as
 * it is associated (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/elastic-ip-addresses-eip.html); the emulator forgets
 * that when the instance is stopped and started.
 */
export function showPublicAddresses(
  addresses: Addresses,
  instances: readonly Instance[],
  elastic: readonly Address[],
  next: (inner: string) => string,
): void {
  for (const { PublicIp } of elastic) if (PublicIp && !addresses.has(PublicIp)) addresses.set(PublicIp, next(PublicIp))
  const shown = new Set(elastic.map(({ PublicIp = '' }) => addresses.show(PublicIp)))
  const inner = new Set(elastic.map(({ PublicIp }) => PublicIp))
  for (const { InstanceId, PublicIpAddress: own } of instances) {
    if (!own || inner.has(own)) continue
    const associated = elastic.find((it) => it.InstanceId === InstanceId)?.PublicIp
    if (associated) addresses.alias(own, addresses.show(associated))
    else if (!addresses.has(own) || shown.has(addresses.show(own))) addresses.set(own, next(own))
  }
}
