import { afterEach, expect, it } from 'vitest'
import { ubuntuArchive, ubuntuSuites } from '../lab/box/apt.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { longMs, openScene, type Scene, succeed } from './support.ts'

const domain = 'proyecto2.test'
/** Ubuntu where an archive of it was named (docs/guide/the-lab.md). */
const suites = ['trixie', ...(ubuntuArchive ? ubuntuSuites : [])]

describeLab('a shop on a machine with another system', () => {
  let scene: Scene | undefined
  afterEach(async () => {
    await scene?.close()
    scene = undefined
  }, longMs)

  it.each(suites)(
    '%s opens, holds its journey, is left alone by a second run, and goes',
    async (suite) => {
      scene = await openScene(domain, { suite, packages: 'bare' })
      const { operator } = scene
      expect(succeed(await operator.json('up', '--yes')).result).toMatchObject({ smoke: { ok: true } })
      expect(succeed(await operator.json('plan')).result).toMatchObject({ steps: [] })
      expect(succeed(await operator.json('down', '--purge', '--yes')).result).toMatchObject({ leftovers: [] })
    },
    longMs,
  )
})
