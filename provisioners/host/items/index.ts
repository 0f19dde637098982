import type { ItemKind } from '../item.ts'
import { site } from '../site/index.ts'
import { credential } from './credential.ts'
import { directory } from './directory.ts'
import { docker } from './docker.ts'
import { file } from './file.ts'
import { firewall } from './firewall.ts'
import { packages } from './packages.ts'
import { secret } from './secret.ts'
import { sshd } from './sshd.ts'
import { swap } from './swap.ts'
import { systemdUnit } from './systemd-unit.ts'
import { timeSync } from './time-sync.ts'
import { user } from './user.ts'

const system: readonly ItemKind[] = [
  packages,
  docker,
  user,
  directory,
  file,
  secret,
  credential,
  systemdUnit,
  firewall,
  swap,
  timeSync,
  sshd,
]

/** All kinds of items that an agent knows. */
export const kinds: readonly ItemKind[] = [...system, ...site]
