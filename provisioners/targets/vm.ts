import type { Site } from '../site.ts'
import type { Target } from './target.ts'

export function vmTarget(_site: Site): Target {
  throw new Error('not yet')
}
