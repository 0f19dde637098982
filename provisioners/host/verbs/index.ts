import { confirmSshd } from './confirm-sshd.ts'
import { converge } from './converge.ts'
import { destroy } from './destroy.ts'
import { facts } from './facts.ts'
import { interrupt } from './interrupt.ts'
import { plan } from './plan.ts'
import { status } from './status.ts'
import type { Verb } from './verb.ts'

/** All that an agent can be asked, beside `follow`. */
export const verbs: readonly Verb[] = [facts, plan, converge, destroy, confirmSshd, status, interrupt]
