import { z } from 'zod'
import { type Endpoint, endpoint, ok } from '../kit/endpoint.ts'
import type { AuthContext } from './context.ts'
import { accountEndpoints } from './endpoints/accounts.ts'
import { sessionEndpoints } from './endpoints/sessions.ts'

const jwks = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) })
/** A key is shown a day before it signs; five minutes in a cache are nothing to that. */
const jwksCache = { 'cache-control': 'public, max-age=300' }

/** The public contract of auth. */
export const authEndpoints = (context: AuthContext): Endpoint[] => [
  ...accountEndpoints(context),
  ...sessionEndpoints(context),
  keysEndpoint(context),
]

function keysEndpoint({ keys }: AuthContext): Endpoint {
  return endpoint({
    method: 'get',
    path: '/auth/.well-known/jwks.json',
    summary: 'Public keys of access tokens (RFC 7517)',
    access: 'public',
    responses: { 200: jwks },
    handle: async () => ok({ keys: await keys.publicKeys() }, jwksCache),
  })
}
