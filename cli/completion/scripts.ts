import { bash } from './bash.ts'
import { fish } from './fish.ts'
import type { Place } from './vocabulary.ts'
import { zsh } from './zsh.ts'

export const scripts: Record<'bash' | 'zsh' | 'fish', (places: readonly Place[]) => string> = { bash, zsh, fish }
