import type { ItemKind } from '../item.ts'
import { directory } from './directory.ts'

/** All kinds of items that an agent knows. */
export const kinds: readonly ItemKind[] = [directory]
