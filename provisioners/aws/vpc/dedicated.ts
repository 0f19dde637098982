import type { Network } from '../network/network.ts'
import type { AwsResource } from '../resource.ts'
import type { AwsStack } from '../stack.ts'
import { gateway } from './gateway.ts'
import { subnet } from './subnet.ts'
import { vpc } from './vpc.ts'

/** A network of the shop's own: two zones, so that the machine finds room in one of them, and a way out. */
export function dedicatedNetwork(
  stack: AwsStack,
  type: string,
): { network: Network; resources: readonly AwsResource[] } {
  const own = vpc(stack)
  const out = gateway(stack, own)
  const parts = [1, 2].map((nth) => subnet(stack, own, nth, type))
  const network: Network = {
    dependsOn: [own.address, out.address, ...parts.map(({ address }) => address)],
    vpcId: async () => own.seen()?.id ?? '',
    subnets: async () => parts.flatMap((part) => part.seen() ?? []),
  }
  return { network, resources: [own, out, ...parts] as unknown as readonly AwsResource[] }
}
