import type { ItemKind } from '../item.ts'
import { site } from '../site/index.ts'
import { credential } from './credential.ts'
import { directory } from './directory.ts'
import { file } from './file.ts'
import { packages } from './packages.ts'
import { secret } from './secret.ts'
import { systemdUnit } from './systemd-unit.ts'
import { user } from './user.ts'

const system: readonly ItemKind[] = [packages, user, directory, file, secret, credential, systemdUnit]

/** All kinds of items that an agent knows. */
export const kinds: readonly ItemKind[] = [...system, ...site]
