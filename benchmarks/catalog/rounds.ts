import autocannon, { type Options } from 'autocannon'

/** What is asked for, and where: a socket, or a site over TLS. */
export interface Contestant {
  name: string
  request: Pick<Options, 'url' | 'socketPath' | 'headers' | 'servername'> & { tlsOptions?: { ca: string } }
}

export interface Measured {
  name: string
  /** Requests a second, median of the rounds. */
  rate: number
  /** Milliseconds, median of the rounds. */
  p50: number
  p99: number
}

const median = (values: readonly number[]): number =>
  [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN

async function round({ name, request }: Contestant, seconds: number, connections: number) {
  const result = await autocannon({ ...request, connections, duration: seconds })
  if (result.non2xx > 0 || result.errors > 0)
    throw new Error(`${name}: ${result.non2xx} refused, ${result.errors} failed`)
  return { rate: result.requests.average, p50: result.latency.p50, p99: result.latency.p99 }
}

/** Side by side in one run: the contestants take turns, in another order each round, after one round that does not count. */
export async function alternate(
  contestants: readonly Contestant[],
  { rounds = 5, seconds = 3, connections = 16 } = {},
): Promise<Measured[]> {
  const results = new Map(contestants.map(({ name }) => [name, [] as Awaited<ReturnType<typeof round>>[]]))
  for (let count = 0; count <= rounds; count++) {
    const turn = count % 2 === 0 ? contestants : [...contestants].reverse()
    for (const contestant of turn) {
      const result = await round(contestant, count === 0 ? 2 : seconds, connections)
      if (count > 0) results.get(contestant.name)?.push(result)
    }
  }
  return [...results].map(([name, all]) => ({
    name,
    rate: median(all.map((one) => one.rate)),
    p50: median(all.map((one) => one.p50)),
    p99: median(all.map((one) => one.p99)),
  }))
}
