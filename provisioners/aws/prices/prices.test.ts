import { expect, it } from 'vitest'
import { readOffers } from './offer-file.ts'
import table from './prices.json' with { type: 'json' }
import { lineOf, monthlyOf, pricesAsOf } from './prices.ts'

const region = 'us-east-1'

it('adds up what a shop on one machine costs a month', () => {
  const billed = [
    { by: 'instance', region, type: 't3.small' },
    { by: 'volume', region, type: 'gp3', gb: 8 },
    { by: 'public-address', region },
  ] as const
  // 730 hours of 0.0208 and 0.005, and 8 GB of 0.08.
  expect(monthlyOf(billed)).toBe(19.47)
  expect(billed.map((each) => lineOf(each).what)).toEqual([
    't3.small, all month',
    '8 GB of gp3 disk',
    'a public IPv4 address',
  ])
})

it('knows no sum where it does not know a part', () => {
  expect(monthlyOf([{ by: 'instance', region, type: 'x9.colossal' }])).toBeUndefined()
  expect(monthlyOf([{ by: 'volume', region: 'mars-north-1', type: 'gp3', gb: 8 }])).toBeUndefined()
  expect(pricesAsOf('mars-north-1')).toBeUndefined()
})

it.each(Object.entries(table.regions))('has a day and plausible prices for %s', (_, { asOf, volumes, instances }) => {
  expect(asOf).toMatch(/^20\d\d-\d\d-\d\d$/)
  expect(volumes.gp3).toBeGreaterThan(0.05)
  for (const hourly of Object.values(instances)) {
    expect(hourly).toBeGreaterThan(0.002)
    expect(hourly).toBeLessThan(1)
  }
})

const columns = [
  ...['TermType', 'Unit', 'PricePerUnit', 'Currency', 'Product Family', 'Instance Type', 'Tenancy'],
  ...['Operating System', 'Pre Installed S/W', 'CapacityStatus', 'Volume API Name'],
]
const row = (...fields: string[]) => fields.map((field) => `"${field.replaceAll('"', '""')}"`).join(',')
const head = [
  row('FormatVersion', 'v1.0'),
  row('Disclaimer', 'A "list", for information'),
  row('Publication Date', '2026-11-20T10:00:00Z'),
  row('Version', '20261120'),
  row('OfferCode', 'AmazonEC2'),
  row(...columns),
]

it('reads the list of AWS: Linux by the hour, on demand, and disks by the month', async () => {
  const lines = [
    ...head,
    row('OnDemand', 'Hrs', '0.0208', 'USD', 'Compute Instance', 't3.small', 'Shared', 'Linux', 'NA', 'Used', ''),
    row('OnDemand', 'Hrs', '0.0392', 'USD', 'Compute Instance', 't3.small', 'Shared', 'Windows', 'NA', 'Used', ''),
    row('OnDemand', 'Hrs', '0.9', 'USD', 'Compute Instance', 't3.small', 'Dedicated', 'Linux', 'NA', 'Used', ''),
    row('OnDemand', 'Hrs', '0', 'USD', 'Compute Instance', 't3.small', 'Shared', 'Linux', 'NA', 'AllocatedHost', ''),
    row('Reserved', 'Hrs', '0.01', 'USD', 'Compute Instance', 't3.small', 'Shared', 'Linux', 'NA', 'Used', ''),
    row('OnDemand', 'Hrs', '5', 'USD', 'Compute Instance', 'x1.32xlarge', 'Shared', 'Linux', 'NA', 'Used', ''),
    row('OnDemand', 'GB-Mo', '0.08', 'USD', 'Storage', '', '', '', '', '', 'gp3'),
    row('OnDemand', 'IOPS-Mo', '0.005', 'USD', 'System Operation', '', '', '', '', '', 'gp3'),
  ]
  expect(await readOffers(lines, (type) => type.startsWith('t3.'))).toEqual({
    asOf: '2026-11-20',
    volumes: { gp3: 0.08 },
    instances: { 't3.small': 0.0208 },
  })
})

it('refuses what is no list of prices', async () => {
  await expect(readOffers(['<html>', 'no', 'such', 'page', '</html>', 'x'], () => true)).rejects.toThrow(
    'no price list',
  )
})
