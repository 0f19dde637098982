import { apply } from '../../engine/apply.ts'
import { failureOf } from '../../engine/converge.ts'
import { plan } from '../../engine/plan.ts'
import { itemsGone } from '../manifest.ts'
import { SshdRevert } from '../parts/sshd-revert.ts'
import { handoverSecret } from '../site/certificate/secret-file.ts'
import { forgetReleases } from '../site/shop/forget-releases.ts'
import { stackOf, withManifest } from './stack.ts'
import { verb } from './verb.ts'

/**
 * `{manifest}` -> `{done, confirm}`: makes the machine like its manifest. `confirm` names what is taken back unless it is
 * confirmed soon over a new connection: `sshd`, by the verb `confirm-sshd`.
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
    const { resources, obsolete } = stackOf(manifest, before, host, ctx)
    await kept.write({ ...manifest, items: [...manifest.items, ...itemsGone(before, manifest)] })
    await secrets.keep([handoverSecret])
    const steps = await plan(resources, ctx, obsolete)
    const summary = await apply(steps, [...resources, ...obsolete], ctx)
    const failure = failureOf(summary, ctx.signal)
    if (failure) throw failure
    await kept.write(manifest)
    await forgetReleases(host, ctx)
    const armed = await new SshdRevert(host).isArmed()
    return { done: summary.done, confirm: armed ? ['sshd'] : [] }
  },
})
