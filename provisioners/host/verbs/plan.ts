import { plan as makePlan } from '../../engine/plan.ts'
import { stackOf, withManifest } from './stack.ts'
import { verb } from './verb.ts'

/** `{manifest}` -> `{plan}`: what `converge` would do. */
export const plan = verb({
  name: 'plan',
  changes: false,
  input: withManifest,
  async perform({ manifest }, { host, kept }, ctx) {
    const { resources, obsolete } = stackOf(manifest, await kept.read(), host, ctx)
    return { plan: await makePlan(resources, ctx, obsolete) }
  },
})
