import { readFile, writeFile } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { Readable } from 'node:stream'
import { readOffers } from './offer-file.ts'

/**
 * `npm run prices [region ...]`: writes prices.json anew from AWS's own lists, which need no account. A list of EC2 is some hundred
 * megabytes a region; it is read as it comes and never kept.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-the-aws-price-list-bulk-api-fetching-price-list-files-manually.html
 */
const file = new URL('./prices.json', import.meta.url)
const patienceMs = 15 * 60_000
/** Sizes at which a shop makes sense. */
const families = /^(t3|t3a|t4g|m6i|m6g|m7i|m7g|c7g)\.(micro|small|medium|large|xlarge)$/

const table = JSON.parse(await readFile(file, 'utf8')) as { currency: string; regions: Record<string, unknown> }
const asked = process.argv.slice(2)
for (const region of asked.length > 0 ? asked : Object.keys(table.regions)) {
  const url = `https://pricing.us-east-1.amazonaws.com/offers/v1.0/aws/AmazonEC2/current/${region}/index.csv`
  process.stderr.write(`${region}: reading ${url}\n`)
  const answer = await fetch(url, { signal: AbortSignal.timeout(patienceMs) })
  if (!answer.ok || !answer.body) throw new Error(`${url} answered ${answer.status}`)
  const lines = createInterface({ input: Readable.fromWeb(answer.body as never), crlfDelay: Number.POSITIVE_INFINITY })
  table.regions[region] = sorted(await readOffers(lines, (type) => families.test(type)))
}
await writeFile(file, `${JSON.stringify({ ...table, regions: sorted(table.regions) }, undefined, 2)}\n`)

/** By name, so that only what changed differs. */
function sorted<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, each]) => [key, sorted(each)]),
  ) as T
}
