import { services } from '../../shop/services.ts'

/** Connections that one process opens at most. Ten times as many requests wait their turn for milliseconds. */
export const poolSize = 5

/** What the processes of both slots open at most. */
export function connectionsOf(instances: number): number {
  const owners = services.filter(({ database }) => database).length
  return 2 * owners * instances * poolSize
}
