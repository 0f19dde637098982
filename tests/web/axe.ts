import axe from 'axe-core'
import type { Page } from 'playwright-core'

interface Violation {
  id: string
  nodes: { target: string[] }[]
}

/** Rules that look at colours; all others say the same in every light. */
const ofColour = ['color-contrast', 'link-in-text-block']

/**
 * What axe finds, as `rule: element`. It is put in by the debugger, which no policy of the page concerns. WCAG 2.2 asks for
 * targets that a finger hits, which axe looks at only when told.
 */
export async function violations(page: Page, only?: 'colours'): Promise<string[]> {
  if (!(await page.evaluate('"axe" in window'))) await page.evaluate(axe.source)
  const options = only ? { runOnly: ofColour } : { rules: { 'target-size': { enabled: true } } }
  const run = `axe.run(${JSON.stringify(options)}).then(({ violations }) => violations)`
  const found = (await page.evaluate(run)) as Violation[]
  return found.flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.join(' ')}`))
}
