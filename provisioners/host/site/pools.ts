import { services } from '../../shop/services.ts'

/** Connections that one process opens at most. Ten times as many requests wait their turn for milliseconds. */
export const poolSize = 5

/** Another number of connections is another start of PostgreSQL, so that few instances more should not need it. */
const steps = [4, 8, 16]

/** What the processes of both slots open at most, with so many of each service or some more. */
export function connectionsOf(instances: number): number {
  const owners = services.filter(({ database }) => database).length
  const most = steps.find((step) => instances <= step) ?? instances
  return 2 * owners * most * poolSize
}
