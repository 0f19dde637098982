import { z } from 'zod'
import { type Endpoint, endpoint, ok } from '../kit/endpoint.ts'
import { notFound } from '../kit/problem.ts'
import type { AuthContext } from './context.ts'
import { isSessionLive, listRevokedSessions } from './sessions/repository.ts'

/** What the guards of the other services ask, as docs/decisions/0003-between-services.md has it. */
export function internalEndpoints({ db, keys }: AuthContext): Endpoint[] {
  return [
    endpoint({
      method: 'get',
      path: '/jwks',
      summary: 'Public keys',
      access: 'public',
      responses: { 200: z.object({ keys: z.array(z.unknown()) }) },
      handle: async () => ok({ keys: await keys.publicKeys() }),
    }),
    endpoint({
      method: 'get',
      path: '/revoked-sessions',
      summary: 'Sessions that were revoked while their access tokens may not have expired',
      access: 'public',
      responses: { 200: z.object({ sessions: z.array(z.string()) }) },
      handle: async () => ok({ sessions: await listRevokedSessions(db) }),
    }),
    endpoint({
      method: 'get',
      path: '/sessions/:id',
      summary: 'Whether one session still stands',
      access: 'public',
      params: z.object({ id: z.uuid() }),
      responses: { 200: z.object({ revoked: z.boolean() }) },
      handle: async ({ params }) => {
        const live = await isSessionLive(db, params.id)
        if (live === undefined) throw notFound('No such session')
        return ok({ revoked: !live })
      },
    }),
  ]
}
