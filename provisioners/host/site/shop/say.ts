import type { Address, Context } from '../../../engine/resource.ts'

export type Say = (message: string) => void

/** Progress of the resource with that address. */
export const sayTo =
  (address: Address, { emit }: Context): Say =>
  (message) =>
    emit({ type: 'step-progress', address, message })
