import { randomInt } from 'node:crypto'

export interface Delivery {
  orderId: string
  trackingCode: string
  status: 'scheduled' | 'in-transit' | 'delivered' | 'stopped'
  /** A calendar day: '2026-11-03'. */
  estimatedOn: string
}

/** 'BK-4827-1093-5561' */
export function trackingCode(): string {
  const group = () => String(randomInt(10_000)).padStart(4, '0')
  return `BK-${group()}-${group()}-${group()}`
}
