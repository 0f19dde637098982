import type { Call } from './calls.ts'
import type { CoreName } from './core/start-core.ts'
import { errorAnswer } from './front/errors.ts'
import { passOn } from './front/front.ts'
import { rewrite } from './front/rewrite.ts'
import type { WireAnswer, WireRequest } from './front/wire.ts'
import { clientTokens } from './rules/client-tokens.ts'
import { consoleOutput } from './rules/console.ts'
import { images } from './rules/images.ts'
import { inUse } from './rules/in-use.ts'
import { launch } from './rules/launch.ts'
import { permissions } from './rules/permissions.ts'
import { publicParameters } from './rules/public-parameters.ts'
import { quotas } from './rules/quotas.ts'
import { type Rule, sameAnswer } from './rules/rule.ts'
import { sizes } from './rules/sizes.ts'
import { states } from './rules/states.ts'
import { lastOfAll, strict } from './rules/strict.ts'
import { visibility } from './rules/visibility.ts'
import type { World } from './world.ts'

/** What AWS does and the emulator does not, in the order in which a call meets it. */
export function allRules(core: CoreName): Rule[] {
  const only = core === 'ministack' ? [images] : []
  return [
    permissions,
    ...only,
    ...sizes,
    clientTokens(),
    ...strict,
    ...launch,
    visibility,
    states,
    ...inUse,
    publicParameters,
    quotas,
    consoleOutput,
    ...lastOfAll,
  ]
}

/** Lets a call take effect. `done` is told of every one that did, before its answer goes out. */
export function performer(
  url: string,
  rules: readonly Rule[],
  world: World,
  done: (call: Call, request: WireRequest, answer: WireAnswer) => Promise<WireAnswer>,
) {
  return async (call: Call, request: WireRequest): Promise<WireAnswer> => {
    let answer = await refusal(call, rules, world)
    if (!answer) {
      const inner = rewrite(call, request, (it) => world.addresses.inward(it))
      answer = await passOn(url, inner).catch((error: Error) => errorAnswer(call, 'InternalError', error.message, 500))
      if (answer.status < 300) answer = await done(call, request, answer)
    }
    for (const rule of rules) answer = (await rule.after?.(call, answer, world)) ?? answer
    return call.service === 'ec2' ? sameAnswer(answer, world.addresses.outward(answer.body.toString())) : answer
  }
}

async function refusal(call: Call, rules: readonly Rule[], world: World): Promise<WireAnswer | undefined> {
  for (const rule of rules) {
    const refused = await rule.before?.(call, world)
    if (refused) return refused
  }
  return undefined
}
