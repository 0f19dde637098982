import { type Audited, categories, goals, mostRuns } from './audit.ts'

const seconds = (ms: number) => `${(ms / 1000).toFixed(1)} s`
const kilobytes = (bytes: number) => (bytes / 1024).toFixed(0)
const total = ({ requests }: Audited) => requests.reduce((sum, { bytes }) => sum + bytes, 0)

const columns: readonly [string, (page: Audited) => string | number][] = [
  ['page', ({ name }) => name],
  ...categories.map((category): [string, (page: Audited) => number] => [category, ({ scores }) => scores[category]]),
  ['first paint', ({ firstContentfulPaint }) => seconds(firstContentfulPaint)],
  ['largest paint', ({ largestContentfulPaint }) => seconds(largestContentfulPaint)],
  ['blocked', ({ totalBlockingTime }) => `${Math.round(totalBlockingTime)} ms`],
  ['shift', ({ layoutShift }) => Number(layoutShift.toFixed(3))],
  ['requests', ({ requests }) => requests.length],
  ['KB', (page) => kilobytes(total(page))],
  ['runs', ({ runs }) => runs.join(', ')],
]

const row = (cells: readonly (string | number)[]) => `| ${cells.join(' | ')} |`

function markdownTable(pages: readonly Audited[]): string {
  const heads = columns.map(([head]) => head)
  return [
    row(heads),
    row(heads.map(() => '---')),
    ...pages.map((page) => row(columns.map(([, cell]) => cell(page)))),
  ].join('\n')
}

/** docs/lighthouse.md, as a whole. */
export function report(pages: readonly Audited[], when: Date): string {
  const month = when.toLocaleDateString('en-GB', { month: 'long', year: 'numeric', timeZone: 'UTC' })
  const versions = [...new Set(pages.map((page) => page.versions))].join('; ')
  const indexes = pages.map(({ benchmarkIndex }) => benchmarkIndex)
  return `# Lighthouse

<!-- Written by \`npm run bench lighthouse\`. -->

${month}, on a shop as \`bookstore up\` opens it: NGINX with HTTPS and HTTP/2, 349 books, certificates of the local authority, which the browser was taught
as \`bookstore trust\` teaches it. Mobile, with Lighthouse's own settings: a mid-tier phone on a slow line (150 ms, 1.6 Mbit/s, processor four times slower), simulated.
Home, lists and books as a stranger sees them on a first visit; the checkout logged in, with a book in the cart.

${markdownTable(pages)}

Scores are out of 100; the goals are ${goals.performance} for performance and 100 for the others. \`tests/web/lighthouse.test.ts\` holds them, and with them what depends on no
computer: bytes, requests, what the first paint waits for, and that nothing moves.

- **runs**: performance of each run. A page is measured until it reaches the goal, ${mostRuns} times at most, and the best run stands: what else a computer
  does makes a run slower, never faster. Where it may (\`chrt\`, as root), the browser runs before everything else. The other scores and the shift are the worst of all runs.
- **seo** of the search and the checkout is without the audit \`is-crawlable\`. Results of a search and pages of one's own say \`noindex\` on purpose, which this
  audit would have otherwise; all other audits count.

Measured with ${versions}, on a computer with a benchmark index of ${Math.min(...indexes)} to ${Math.max(...indexes)}.
`
}

/** For a terminal. */
export function table(pages: readonly Audited[]): string {
  const lines = [columns.map(([head]) => head), ...pages.map((page) => columns.map(([, cell]) => String(cell(page))))]
  const widths = columns.map((_, at) => Math.max(...lines.map((line) => line[at]?.length ?? 0)))
  const texts = lines.map((line) =>
    line
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  )
  const faults = pages.flatMap(({ name, faults: found }) => found.map((fault) => `${name}: ${fault}`))
  return [...texts, ...(faults.length > 0 ? ['', 'points were lost by', ...faults] : [])].join('\n')
}
