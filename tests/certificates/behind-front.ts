import { afterAll, beforeAll } from 'vitest'
import { type Front, startFront } from './front.ts'
import { startWorld, type World } from './world.ts'

/** An authority behind a front, and the servers that it asks, for all tests of a suite. */
export function behindFront(): { readonly world: World; readonly front: Front } {
  let world: World
  let front: Front
  beforeAll(async () => {
    world = await startWorld()
    front = await startFront(world.pebble)
  })
  afterAll(async () => {
    await front?.stop()
    await world?.stop()
  })
  return {
    get world() {
      return world
    },
    get front() {
      return front
    },
  }
}
