import lighthouse, { type Flags, type Result } from 'lighthouse'

export const categories = ['performance', 'accessibility', 'best-practices', 'seo'] as const
export type Category = (typeof categories)[number]

/** Where pages shall be, out of 100. */
export const goals: Readonly<Record<Category, number>> = {
  performance: 98,
  accessibility: 100,
  'best-practices': 100,
  seo: 100,
}

export const mostRuns = 3

/** Runs of a page that Lighthouse may fail to make sense of before we give up: on a busy computer every third does so. */
const mostLost = 12

/** What was seen of one page. */
export interface Audited {
  name: string
  path: string
  /** Out of 100. Performance is the best run's, the others are the worst run's: they do not depend on the computer. */
  scores: Record<Category, number>
  /** Performance of each run. */
  runs: number[]
  /** Milliseconds of the best run, as simulated. */
  firstContentfulPaint: number
  largestContentfulPaint: number
  totalBlockingTime: number
  /** Of the worst run. */
  layoutShift: number
  /** The picture that is seen last was in the page from the start and came first; true for text, which waits for none. */
  largestIsPrompt: boolean
  requests: readonly Requested[]
  /** Paths of what the first paint waits for. */
  blocking: readonly string[]
  /** Audits that cost points, in any run. */
  faults: readonly string[]
  versions: string
  /** How fast Lighthouse found this computer. */
  benchmarkIndex: number
}

export interface Requested {
  /** 'Document', 'Stylesheet', 'Font', 'Script', 'Image', ... */
  type: string
  url: string
  /** Bytes on the wire, headers included. */
  bytes: number
}

export interface Page {
  name: string
  path: string
  /** Audits that would find fault with what is meant so. */
  skip?: readonly string[]
}

const itemsOf = <Item>(result: Result, audit: string): Item[] =>
  ((result.audits[audit]?.details as { items?: Item[] } | undefined)?.items ?? []) as Item[]

const scoreOf = (result: Result, category: Category) => Math.round((result.categories[category]?.score ?? 0) * 100)
const numberOf = (result: Result, audit: string) => result.audits[audit]?.numericValue ?? Number.NaN

/**
 * One run with Lighthouse's own settings: a mid-tier phone on a slow line, simulated. The code of Lighthouse's error
 * when it could not make sense of its run (NO_NAVSTART: a trace that lacks its beginning, on a computer that is busy).
 */
async function look(origin: string, { path, skip }: Page, port: number): Promise<Result | string> {
  const settings: Flags = {
    port,
    logLevel: 'error',
    onlyCategories: [...categories],
    ...(skip && { skipAudits: [...skip] }),
  }
  const result = (await lighthouse(origin + path, settings))?.lhr
  if (!result || result.runtimeError) return result?.runtimeError?.code ?? 'no result'
  if (result.categories.performance?.score == null) return 'no score'
  if (result.finalDisplayedUrl !== origin + path) throw new Error(`${path} led to ${result.finalDisplayedUrl}`)
  return result
}

/** What a browser's console said, where that is the fault. */
const said = (result: Result, audit: string) =>
  itemsOf<{ description?: string; sourceLocation?: { url?: string } }>(result, audit)
    .flatMap(({ description, sourceLocation }) =>
      description ? [` (${description} ${sourceLocation?.url ?? ''})`] : [],
    )
    .join('')

function faultsOf(result: Result): string[] {
  const weighed = Object.values(result.categories).flatMap(({ auditRefs }) =>
    auditRefs.filter(({ weight }) => weight > 0),
  )
  return weighed
    .map(({ id }) => result.audits[id])
    .filter((audit) => audit && audit.score !== null && audit.score < 1)
    .map((audit) => `${audit?.id} ${audit?.displayValue ?? audit?.score}${said(result, audit?.id ?? '')}`)
}

function summary(page: Page, origin: string, results: readonly Result[]): Audited {
  const best = results.toSorted((a, b) => scoreOf(b, 'performance') - scoreOf(a, 'performance'))[0] as Result
  const worst = (category: Category) => Math.min(...results.map((result) => scoreOf(result, category)))
  const { benchmarkIndex, hostUserAgent } = best.environment
  const requests = itemsOf<{ url: string; transferSize: number; resourceType: string }>(best, 'network-requests')
  return {
    name: page.name,
    path: page.path,
    scores: {
      performance: scoreOf(best, 'performance'),
      accessibility: worst('accessibility'),
      'best-practices': worst('best-practices'),
      seo: worst('seo'),
    },
    runs: results.map((result) => scoreOf(result, 'performance')),
    firstContentfulPaint: numberOf(best, 'first-contentful-paint'),
    largestContentfulPaint: numberOf(best, 'largest-contentful-paint'),
    totalBlockingTime: numberOf(best, 'total-blocking-time'),
    layoutShift: Math.max(...results.map((result) => numberOf(result, 'cumulative-layout-shift'))),
    largestIsPrompt: best.audits['lcp-discovery-insight']?.score !== 0,
    requests: requests.map(({ url, transferSize, resourceType }) => ({ type: resourceType, url, bytes: transferSize })),
    blocking: itemsOf<{ url: string }>(best, 'render-blocking-insight').map(({ url }) => url.replace(origin, '')),
    faults: [...new Set(results.flatMap(faultsOf))],
    versions: `Lighthouse ${best.lighthouseVersion}, ${/Chrome\/\d+/.exec(hostUserAgent)?.[0].replace('/', ' ')}`,
    benchmarkIndex: Math.round(benchmarkIndex),
  }
}

/**
 * Measures a page until it reaches its goal, three times at most. A run is only ever made slower by whatever else the
 * computer does, never faster, so the best one is nearest to the page itself.
 * @param before puts the browser into the state that the page is measured in
 */
export async function audit(origin: string, page: Page, port: number, before: () => Promise<void>): Promise<Audited> {
  const results: Result[] = []
  const lost: string[] = []
  while (results.length < mostRuns && lost.length < mostLost) {
    await before()
    const result = await look(origin, page, port)
    if (typeof result === 'string') lost.push(result)
    else results.push(result)
    if (typeof result !== 'string' && scoreOf(result, 'performance') >= goals.performance) break
  }
  if (results.length === 0) throw new Error(`Lighthouse could not measure ${page.path}: ${lost.join(', ')}`)
  return summary(page, origin, results)
}
