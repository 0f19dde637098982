import type { Verb } from '../verb.ts'
import { createCompletion } from './completion.ts'
import { doctor } from './doctor.ts'
import { init } from './init.ts'
import { plan } from './plan.ts'
import { smoke } from './smoke.ts'
import { up } from './up.ts'

/** All verbs there are, in the order of `--help`: from the first day to the last. One line each. */
export const verbs: readonly Verb[] = [init, doctor, plan, up, smoke, createCompletion(() => verbs)]
