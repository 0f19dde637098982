import type { Verb } from '../verb.ts'
import { build } from './build.ts'
import { cert } from './cert.ts'
import { createCompletion } from './completion.ts'
import { cost } from './cost.ts'
import { db } from './db.ts'
import { deploy } from './deploy.ts'
import { doctor } from './doctor.ts'
import { down } from './down.ts'
import { init } from './init.ts'
import { logs } from './logs.ts'
import { maintenance } from './maintenance.ts'
import { plan } from './plan.ts'
import { policy } from './policy.ts'
import { rehearse } from './rehearse.ts'
import { releases } from './releases.ts'
import { rollback } from './rollback.ts'
import { scale } from './scale.ts'
import { smoke } from './smoke.ts'
import { ssh } from './ssh.ts'
import { status } from './status.ts'
import { trust } from './trust.ts'
import { up } from './up.ts'

/** All verbs there are, in the order of `--help`: from the first day to the last. One line each. */
export const verbs: readonly Verb[] = [
  init,
  doctor,
  plan,
  rehearse,
  up,
  status,
  smoke,
  build,
  deploy,
  rollback,
  releases,
  maintenance,
  scale,
  cert,
  db,
  logs,
  ssh,
  cost,
  policy,
  trust,
  createCompletion(() => verbs),
  down,
]
