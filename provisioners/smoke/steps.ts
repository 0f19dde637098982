import { edgeSteps } from './edge/steps.ts'
import { accountSteps, closingSteps } from './journey/accounts.ts'
import { buyingSteps } from './journey/buying.ts'
import { readingSteps } from './journey/reading.ts'
import { sellingSteps, withdrawingSteps } from './journey/selling.ts'
import type { SmokeOptions } from './types.ts'
import type { Step } from './visit.ts'

/** All steps, in their order. Without a certificate to believe, nothing is said over the connection. */
export function stepsFor(options: SmokeOptions): readonly Step[] {
  const reading = readingSteps(options.languages ?? ['es', 'en'])
  const writing = [...accountSteps, ...sellingSteps, ...buyingSteps, ...withdrawingSteps, ...closingSteps]
  const trusting = options.readOnly ? reading : [...reading, ...writing]
  return [...edgeSteps, ...trusting.map((step) => ({ ...step, needs: ['certificate', ...(step.needs ?? [])] }))]
}
