/** What a card did. `amount` in minor units of `currency`. */
export interface Charge {
  /** The Idempotency-Key under which it was asked for. */
  key: string
  id: string
  amount: number
  currency: string
  token: string
  reference: string
  status: 'succeeded' | 'declined' | 'refunded'
  /** Why it was declined. */
  reason: string | null
  createdAt: Date
}

/** What the simulator does with a card token. */
export interface Behaviour {
  /** Why it is declined; without it the money moves. */
  declined?: string
  /** The money moves and the answer comes late: later than anybody waits. */
  slow?: boolean
  /** The money moves, and the connection breaks before the answer. */
  lost?: boolean
  /** The webhook comes late, and again. */
  twice?: boolean
}

const behaviours: Readonly<Record<string, Behaviour>> = {
  tok_ok: {},
  tok_declined: { declined: 'insufficient-funds' },
  tok_slow: { slow: true },
  tok_lost: { lost: true },
  tok_twice: { twice: true },
}

/** A token that nobody issued is declined, as a processor does. */
export function behaviourOf(token: string): Behaviour {
  return Object.hasOwn(behaviours, token) ? (behaviours[token] as Behaviour) : { declined: 'unknown-token' }
}

export interface PaymentEvent {
  id: string
  type: 'charge.succeeded' | 'charge.declined' | 'charge.refunded'
  key: string
  reference: string
  amount: number
  currency: string
  /** Why it was declined. */
  reason?: string
}
