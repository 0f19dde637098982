/**
 * Reads a service price list file of AWS in CSV: five rows of metadata, a row of names, then a row for each price.
 * https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/reading-service-price-list-file-for-services.html
 */

export interface OfferPrices {
  /** 'YYYY-MM-DD' */
  asOf: string
  volumes: Record<string, number>
  instances: Record<string, number>
}

const metadataRows = 5

/** @throws Error when it is no such file. */
export async function readOffers(
  lines: AsyncIterable<string> | Iterable<string>,
  wanted: (instanceType: string) => boolean,
): Promise<OfferPrices> {
  const found: OfferPrices = { asOf: '', volumes: {}, instances: {} }
  let names: readonly string[] = []
  let row = 0
  for await (const line of lines) {
    row += 1
    const fields = fieldsOf(line)
    if (row <= metadataRows) {
      if (fields[0] === 'Publication Date') found.asOf = (fields[1] ?? '').slice(0, 10)
    } else if (row === metadataRows + 1) names = fields
    else note(found, new Map(names.map((name, at) => [name, fields[at] ?? ''])), wanted)
  }
  if (!names.includes('PricePerUnit') || found.asOf === '') throw new Error('this is no price list file of AWS')
  return found
}

function note(found: OfferPrices, row: ReadonlyMap<string, string>, wanted: (type: string) => boolean): void {
  const is = (expected: Readonly<Record<string, string>>) =>
    Object.entries(expected).every(([name, value]) => row.get(name) === value)
  const price = Number(row.get('PricePerUnit'))
  if (!is({ TermType: 'OnDemand', Currency: 'USD' }) || !(price > 0)) return
  const type = row.get('Instance Type') ?? ''
  if (is(sharedLinux) && wanted(type)) found.instances[type] = price
  const volume = row.get('Volume API Name') ?? ''
  if (volume === 'gp3' && is({ 'Product Family': 'Storage', Unit: 'GB-Mo' })) found.volumes[volume] = price
}

/** Linux on a machine that is shared, with nothing installed, as one rents it by the hour. */
const sharedLinux = {
  'Operating System': 'Linux',
  Tenancy: 'Shared',
  'Pre Installed S/W': 'NA',
  CapacityStatus: 'Used',
  Unit: 'Hrs',
}

/** Of a line in which every field is quoted or none is; a quote within is doubled (RFC 4180). */
function fieldsOf(line: string): string[] {
  return [...line.matchAll(/"((?:[^"]|"")*)"|([^",]+)|(?<=,)(?=,|$)/g)].map(([, quoted, bare]) =>
    quoted === undefined ? (bare ?? '') : quoted.replaceAll('""', '"'),
  )
}
