import { z } from 'zod'
import { cloudPlace } from '../cloud/place.ts'
import { takeFigures } from '../figures/figures.ts'
import { keepFigures, recallFigures } from '../figures/memory.ts'
import { publishFigures } from '../figures/publish.ts'
import { accessLog } from '../site/nginx/settings.ts'
import { verb } from './verb.ts'

const input = z.strictObject({ domain: z.string(), publish: cloudPlace })

/**
 * `{domain, publish}` -> figures: what the machine says of itself to CloudWatch. It takes no lock, so that nobody waits for it
 * and it waits for nobody. What could not be said is counted again the next time.
 */
export const figures = verb({
  name: 'figures',
  changes: false,
  input,
  async perform({ domain, publish }, { host, environment }, ctx) {
    const before = await recallFigures(host, ctx.clock.now())
    const taken = await takeFigures({ host, domain, log: accessLog }, before, ctx)
    await publishFigures(taken.figures, publish, environment, ctx)
    await keepFigures(host, taken.memory)
    return taken.figures
  },
})
