import { z } from 'zod'
import { type Endpoint, endpoint, ok } from './endpoint.ts'
import { unavailable } from './problem.ts'
import type { Workforce } from './workforce.ts'

const responses = { 200: z.object({ workers: z.enum(['awake', 'asleep', 'falling-asleep']) }) }

/** `GET` and `PUT /workers`: whether background work goes on here, and who decides it. */
export const workersEndpoints = (workforce: Workforce): Endpoint[] => [
  endpoint({
    method: 'get',
    path: '/workers',
    summary: 'Whether background work goes on',
    access: 'public',
    responses,
    handle: () => ok({ workers: workforce.state }),
  }),
  endpoint({
    method: 'put',
    path: '/workers',
    summary: 'Wakes the workers or puts them to sleep; answered when it is so',
    access: 'public',
    body: z.strictObject({ awake: z.boolean() }),
    responses,
    problems: { 503: ['unavailable'] },
    handle: async ({ body }) => {
      if (await workforce.set(body.awake)) return ok({ workers: workforce.state })
      throw unavailable(body.awake ? 'This process is stopping.' : 'Some work has not ended yet. Ask again.')
    },
  }),
]
