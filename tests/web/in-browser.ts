import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, inject } from 'vitest'
import { browserInstalled, launch } from './chromium.ts'
import { type Stack, startStack } from './stack.ts'
import { makeWorld, type World } from './world.ts'

const fiveMinutes = 300_000

/** False, and said loudly, where there is no browser: `describe.skipIf(!installed)`. */
export const installed = browserInstalled()

export interface InBrowser {
  readonly stack: Stack
  readonly browser: Browser
}

/** A shop behind NGINX and a browser, for all tests of a file. */
export function inBrowser(env: Parameters<typeof startStack>[1] = {}): InBrowser {
  let stack: Stack
  let browser: Browser
  beforeAll(async () => {
    if (!installed) return
    stack = await startStack(inject('cluster'), env)
    browser = await launch(stack.shop.siteUrl, stack.edge.port)
  }, fiveMinutes)
  afterAll(async () => {
    await browser?.close()
    await stack?.close()
  })
  return {
    get stack() {
      return stack
    },
    get browser() {
      return browser
    },
  }
}

/** The same shop with everything in it that a page can show. */
export function worldIn(site: InBrowser): { readonly world: World } {
  let world: World
  beforeAll(async () => {
    if (installed) world = await makeWorld(site.stack.shop, inject('cluster'))
  }, fiveMinutes)
  return {
    get world() {
      return world
    },
  }
}
