import { useView } from '../components/view.ts'
import type { Address } from '../gateway/sales.ts'
import { regionName } from '../i18n/format.ts'

/** An address as it stands on a parcel. */
export function AddressLines({ address }: { address: Address }) {
  const { lang } = useView()
  const place = [address.postalCode, address.city].filter(Boolean).join(' ')
  const lines = [address.name, address.street, place, address.region, regionName(lang, address.country)]
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
