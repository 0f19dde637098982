import { build } from '../../bin/build.mjs'
import { type Flavor, imageLayers } from './images.ts'
import { missing } from './missing.ts'

/** Builds what machines are given, and the images that they start from, for which no test's own time should pay. */
export default async function setup(): Promise<void> {
  await build()
  if (await missing()) return
  for (const flavor of ['bare', 'prepared', 'cloud'] satisfies Flavor[]) await imageLayers(flavor)
  await imageLayers('bare', 'trixie')
}
