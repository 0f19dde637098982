import { build } from '../../bin/build.mjs'

/** Builds what machines are given. */
export default async function setup(): Promise<void> {
  await build()
}
