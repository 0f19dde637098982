import type { Address, Context } from '../engine/resource.ts'
import { retry } from '../engine/retry.ts'
import { AwsError } from './errors.ts'

/** Some five minutes: what lingers on AWS is gone then, or needs somebody to look at it. */
const patience = { attempts: 42, firstDelayMs: 300, factor: 1.5, maxDelayMs: 10_000 }

/** Repeats while AWS refuses with one of these codes. The last refusal is thrown as it came. */
export async function repeated<T>(
  work: () => Promise<T>,
  address: Address,
  codes: readonly string[],
  ctx: Context,
): Promise<T> {
  const byAwsCode = () =>
    work().catch((error: unknown) => {
      throw error instanceof AwsError ? new Refusal(error) : error
    })
  return retry(byAwsCode, { ...patience, codes, address }, ctx).catch((error: unknown) => {
    throw error instanceof Refusal ? error.error : error
  })
}

/** `retry` decides by `code`, which in our own errors is not AWS's. */
class Refusal extends Error {
  readonly code: string
  readonly error: AwsError

  constructor(error: AwsError) {
    super(error.message)
    this.code = error.awsCode
    this.error = error
  }
}
