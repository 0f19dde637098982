import { apply } from '../../engine/apply.ts'
import { failureOf } from '../../engine/converge.ts'
import { plan } from '../../engine/plan.ts'
import { itemsGone } from '../kept-manifest.ts'
import { stackOf, withManifest } from './stack.ts'
import { verb } from './verb.ts'

/**
 * `{manifest}` -> `{done}`: makes the machine like its manifest.
 *
 * The manifest is kept before anything is made of it, together with what is to go, so that a run killed at any instant
 * leaves nothing behind that a later one would not find.
 */
export const converge = verb({
  name: 'converge',
  changes: true,
  input: withManifest,
  async perform({ manifest }, { host, secrets, kept }, ctx) {
    const before = await kept.read()
    const { resources, obsolete } = stackOf(manifest, before, host)
    await kept.write({ ...manifest, items: [...manifest.items, ...itemsGone(before, manifest)] })
    await secrets.keep()
    const steps = await plan(resources, ctx, obsolete)
    const summary = await apply(steps, [...resources, ...obsolete], ctx)
    const failure = failureOf(summary, ctx.signal)
    if (failure) throw failure
    await kept.write(manifest)
    return { done: summary.done }
  },
})
