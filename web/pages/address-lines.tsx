import { useView } from '../components/view.ts'
import type { Address } from '../gateway/sales.ts'
import { regionName } from '../i18n/format.ts'

/** Cities that have a region of their name are written once. */
const sameName = (one: string, other: string) => one.localeCompare(other, undefined, { sensitivity: 'base' }) === 0

/** An address as it stands on a parcel. */
export function AddressLines({ address }: { address: Address }) {
  const { lang } = useView()
  const place = [address.postalCode, address.city].filter(Boolean).join(' ')
  const region = sameName(address.city, address.region) ? '' : address.region
  const lines = [address.name, address.street, place, region, regionName(lang, address.country)]
  return (
    <address class="address">
      {lines.filter(Boolean).map((line) => (
        <span key={line} class="address-line">
          {line}
        </span>
      ))}
    </address>
  )
}
