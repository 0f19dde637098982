import { Problem } from '../../services/kit/problem.ts'
import { ApiProblem, ApiSilent } from '../gateway/api.ts'

export const notFoundHere = (): Problem => new Problem(404, 'not-found', 'Not found')
export const forbiddenHere = (): Problem => new Problem(403, 'cross-origin', 'The form did not come from this shop')

/** The status of the page that tells of an error. */
export function statusOf(error: unknown): number {
  if (error instanceof Problem) return error.status
  if (error instanceof ApiSilent) return 503
  // What the gateway refused and no handler expected is ours to mend, except for these.
  if (error instanceof ApiProblem) return [403, 404, 429, 503].includes(error.status) ? error.status : ofGateway(error)
  const { status, expose } = error as { status?: number; expose?: boolean }
  return expose && status !== undefined && status >= 400 && status < 500 ? status : 500
}

const ofGateway = ({ status }: ApiProblem) => (status >= 502 && status <= 504 ? 503 : 500)
