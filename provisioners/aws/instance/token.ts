import { createHash } from 'node:crypto'

export interface TokenOf {
  account: string
  region: string
  stack: string
  resource: string
  /** Counts the machines that have been: the token of a terminated one brings no new one for 24 h. */
  generation: number
  /** Another subnet is another request. */
  subnet: string
}

/**
 * The client token of a launch: equal for equal launches, whoever asks and however often; at most 64 ASCII characters.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 */
export function launchToken({ account, region, stack, resource, generation, subnet }: TokenOf): string {
  const parts = [account, region, stack, resource, String(generation), subnet]
  return `bookstore-${createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 48)}`
}
