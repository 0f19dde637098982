import table from './prices.json' with { type: 'json' }

/** What a thing is billed by. */
export type Billed =
  | { by: 'instance'; region: string; type: string }
  | { by: 'volume'; region: string; type: 'gp3'; gb: number }
  | { by: 'public-address'; region: string }
  | { by: 'alarms'; region: string; count: number }
  | { by: 'figures'; region: string; count: number }
  | { by: 'bucket'; region: string }

/** One line of a bill. */
export interface CostLine {
  /** 't3.small, all month' */
  what: string
  /** US dollars a month; undefined where the table has no price. */
  monthly: number | undefined
}

interface RegionPrices {
  /** Day on which AWS's own list said so. */
  asOf: string
  /** US dollars a GB and month, by volume type. */
  volumes: Readonly<Record<string, number>>
  /** US dollars an hour, on demand, Linux, shared tenancy, by instance type. */
  instances: Readonly<Record<string, number>>
}

const regions: Readonly<Record<string, RegionPrices | undefined>> = table.regions

/** What AWS itself counts a month as: https://aws.amazon.com/calculator/ */
const hoursAMonth = 730

/** The same in all regions, in use or not, since February 2024: https://aws.amazon.com/vpc/pricing/ */
const addressAnHour = 0.005

/** Standard resolution: https://aws.amazon.com/cloudwatch/pricing/ (the first ten of an account are free). */
const alarmAMonth = 0.1

/** A figure of our own, first tier; the page of the alarms' price has it too (and again the first ten are free). */
const figureAMonth = 0.3

/** Day of the prices that we have of a region; undefined where we have none. */
export function pricesAsOf(region: string): string | undefined {
  return regions[region]?.asOf
}

export function lineOf(billed: Billed): CostLine {
  const prices = regions[billed.region]
  switch (billed.by) {
    case 'instance': {
      const hourly = prices?.instances[billed.type]
      return { what: `${billed.type}, all month`, monthly: hourly === undefined ? undefined : hourly * hoursAMonth }
    }
    case 'volume': {
      const perGb = prices?.volumes[billed.type]
      const monthly = perGb === undefined ? undefined : perGb * billed.gb
      return { what: `${billed.gb} GB of ${billed.type} disk`, monthly }
    }
    case 'public-address':
      return { what: 'a public IPv4 address', monthly: addressAnHour * hoursAMonth }
    case 'alarms':
      return { what: billed.count === 1 ? 'an alarm' : `${billed.count} alarms`, monthly: billed.count * alarmAMonth }
    case 'figures':
      return { what: `${billed.count} figures of the machine`, monthly: billed.count * figureAMonth }
    case 'bucket':
      // Billed by what lies in it: cents for the backups of a shop.
      return { what: 'the bucket of backups, while it is empty', monthly: 0 }
  }
}

/** The sum of what is known, rounded to cents; undefined when a part is not known. */
export function monthlyOf(billed: readonly Billed[]): number | undefined {
  const lines = billed.map((each) => lineOf(each).monthly)
  if (lines.some((monthly) => monthly === undefined)) return undefined
  return Math.round(lines.reduce((sum: number, monthly) => sum + (monthly ?? 0), 0) * 100) / 100
}
