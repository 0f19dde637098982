import type { Page } from 'playwright-core'

/** Runs in the page. What is shortened on purpose (an ellipsis) is no loss: the whole of it stands elsewhere. */
const look = `(() => {
  const lost = []
  const width = document.documentElement.clientWidth
  const wide = document.documentElement.scrollWidth
  if (wide > width) lost.push('the page is ' + wide + ' px wide')
  const nameOf = ({ localName, className }) => [localName, ...String(className).split(' ')].filter(Boolean).join('.')
  for (const element of document.querySelectorAll('body *:not(svg *)')) {
    const style = getComputedStyle(element)
    if (!element.checkVisibility() || element.closest('.visually-hidden, .skip')) continue
    const { left, right } = element.getBoundingClientRect()
    if (right > width + 1 || left < -1) lost.push(nameOf(element) + ' sticks out')
    const clips = /hidden|clip/.test(style.overflowX + style.overflowY) && !element.matches('input, select, textarea')
    const shortened = style.textOverflow === 'ellipsis' || style.webkitLineClamp !== 'none'
    const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element
    if (clips && !shortened && (scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1))
      lost.push(nameOf(element) + ' is cut off')
  }
  return lost
})()`

const at = (where: string, lost: unknown) => (lost as string[]).map((what) => `${where}: ${what}`)

/**
 * What is lost on a narrow phone, in every usual width, at 200 % of the browser's zoom (which halves the width) and with
 * letters twice as large: sideways scrolling, and what is cut off or sticks out.
 */
export async function losses(page: Page): Promise<string[]> {
  const lost: string[] = []
  for (const width of [320, 360, 640, 768, 1440]) {
    await page.setViewportSize({ width, height: 800 })
    lost.push(...at(`${width} px`, await page.evaluate(look)))
  }
  await page.setViewportSize({ width: 1280, height: 800 })
  const fontSize = (size: string) =>
    page.evaluate(`document.documentElement.style.setProperty('font-size', ${JSON.stringify(size)})`)
  await fontSize('200%')
  lost.push(...at('large letters', await page.evaluate(look)))
  await fontSize('')
  return lost
}
