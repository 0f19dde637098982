import type { Address } from '../gateway/sales.ts'
import { countryCodes } from '../i18n/countries.ts'
import type { Checks } from './checks.ts'

export const addressFields = ['name', 'street', 'city', 'region', 'postalCode', 'country'] as const

/** An address as a form has it; what is wrong is in `checks`. */
export function readAddress(checks: Checks): Address {
  return {
    name: checks.text('name', 120),
    street: checks.text('street', 200),
    city: checks.text('city', 120),
    region: checks.text('region', 120, true),
    postalCode: checks.text('postalCode', 20, true),
    country: checks.choice('country', countryCodes) ?? '',
  }
}

/** Of an address and what else is stored with it, the address. */
export function plainAddress({ name, street, city, region, postalCode, country }: Address): Address {
  return { name, street, city, region, postalCode, country }
}
