import type { Money } from './money.ts'

export interface DeliveryProvider {
  id: string
  name: string
  /** Countries that it serves (ISO 3166-1 alpha-2), or 'worldwide'. */
  coverage: readonly string[] | 'worldwide'
  /** In hundredths of the shop's currency. */
  hundredths: number
  /** From the day on which it is paid to the door. */
  days: number
}

/** Fictional, all of them. The one that goes anywhere comes first. */
export const deliveryProviders: readonly DeliveryProvider[] = [
  { id: 'albatross', name: 'Albatross International', coverage: 'worldwide', hundredths: 1490, days: 9 },
  {
    id: 'posta-comun',
    name: 'Posta Común',
    coverage: ['AR', 'CL', 'CO', 'CR', 'DO', 'EC', 'ES', 'GT', 'MX', 'PA', 'PE', 'PT', 'US', 'UY'],
    hundredths: 490,
    days: 4,
  },
  {
    id: 'northern-mail',
    name: 'Northern Mail',
    coverage: ['AT', 'BE', 'CA', 'CH', 'DE', 'DK', 'FI', 'FR', 'GB', 'IE', 'IT', 'LU', 'NL', 'NO', 'PL', 'SE', 'US'],
    hundredths: 590,
    days: 5,
  },
  { id: 'pedal', name: 'Pedal & Pluma', coverage: ['ES'], hundredths: 290, days: 1 },
]

export function findProvider(id: string): DeliveryProvider | undefined {
  return deliveryProviders.find((provider) => provider.id === id)
}

export function serves({ coverage }: DeliveryProvider, country: string): boolean {
  return coverage === 'worldwide' || coverage.includes(country)
}

/** Digits after the point: 2 for USD, 0 for JPY. */
function minorDigits(currency: string): number {
  const { maximumFractionDigits } = new Intl.NumberFormat('en', { style: 'currency', currency }).resolvedOptions()
  return maximumFractionDigits ?? 2
}

export function priceOf(provider: DeliveryProvider, currency: string): Money {
  return { amount: Math.round((provider.hundredths / 100) * 10 ** minorDigits(currency)), currency }
}
