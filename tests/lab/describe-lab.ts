import { describe } from 'vitest'
import { missing } from './missing.ts'

const lacking = await missing()
const skipped = lacking !== undefined && process.env.CI !== 'true'
if (skipped) process.stderr.write(`SKIPPED, all that needs a lab: ${lacking}\n`)

/** `describe` for suites that need a lab. Where there can be none they are skipped aloud; under CI they fail. */
export const describeLab = describe.skipIf(skipped)
