/** Problems of every call with an access token. */
export const bearerProblems = { 401: ['unauthenticated', 'invalid-token', 'token-expired', 'session-ended'] }
