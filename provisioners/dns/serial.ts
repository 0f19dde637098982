import { plainName } from './names.ts'
import type { DnsProvider } from './provider.ts'

/** Gives a provider plain names, and runs calls about one name one after the other. */
export function serialised(provider: DnsProvider): DnsProvider {
  const tails = new Map<string, Promise<unknown>>()

  function inTurn<T>(name: string, work: (name: string) => Promise<T>): Promise<T> {
    const plain = plainName(name)
    const before = tails.get(plain) ?? Promise.resolve()
    const mine = before.then(() => work(plain))
    const tail = mine.catch(() => {})
    tails.set(plain, tail)
    void tail.then(() => tails.get(plain) === tail && tails.delete(plain))
    return mine
  }

  return {
    name: provider.name,
    byHand: provider.byHand,
    patienceMs: provider.patienceMs,
    ...(provider.nameServers
      ? { nameServers: async (zone, ctx) => provider.nameServers?.(plainName(zone), ctx) ?? [] }
      : {}),
    findZone: async (name, ctx) => provider.findZone(plainName(name), ctx),
    addTxt: async (name, value, ctx) => inTurn(name, (plain) => provider.addTxt(plain, value, ctx)),
    removeTxt: async (name, value, ctx) => inTurn(name, (plain) => provider.removeTxt(plain, value, ctx)),
    addresses: async (name, type, ctx) => inTurn(name, (plain) => provider.addresses(plain, type, ctx)),
    setAddresses: async (name, type, wanted, ctx) =>
      inTurn(name, (plain) => provider.setAddresses(plain, type, wanted, ctx)),
  }
}
