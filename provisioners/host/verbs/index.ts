import { backup } from './backup.ts'
import { certificate } from './certificate.ts'
import { certificateKept } from './certificate-kept.ts'
import { confirmSshd } from './confirm-sshd.ts'
import { converge } from './converge.ts'
import { destroy } from './destroy.ts'
import { facts } from './facts.ts'
import { figures } from './figures.ts'
import { interrupt } from './interrupt.ts'
import { inventory } from './inventory.ts'
import { maintenance } from './maintenance.ts'
import { plan } from './plan.ts'
import { restore } from './restore.ts'
import { secrets } from './secrets.ts'
import { site } from './site.ts'
import { status } from './status.ts'
import type { Verb } from './verb.ts'
import { writes } from './writes.ts'

/** All that an agent can be asked, beside `follow`. */
export const verbs: readonly Verb[] = [
  facts,
  plan,
  converge,
  destroy,
  confirmSshd,
  status,
  interrupt,
  inventory,
  secrets,
  site,
  certificate,
  certificateKept,
  maintenance,
  backup,
  figures,
  restore,
  writes,
]
