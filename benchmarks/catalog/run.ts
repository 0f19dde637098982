import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { build as bundle } from 'esbuild'
import { Agent, request } from 'undici'
import { build } from '../../bin/build.mjs'
import { repositoryRoot, startCluster } from '../../tests/support/postgres.ts'
import { startShop, type TestShop } from '../../tests/support/shop.ts'
import { alternate, type Measured } from './rounds.ts'

export interface CatalogBenchmark {
  measured: Measured[]
  /** Of the catalog's rate and the bare server's. */
  ratio: number
}

const list = 'http://localhost/catalog/books'
/** What the catalog must reach of the bare server's rate. */
export const goal = 0.7

/** Bundled as our own processes are, and run by the same Node. */
async function startBare(shop: TestShop): Promise<{ process: ChildProcess; socketPath: string }> {
  const outfile = join(shop.folder, 'bare.mjs')
  const socketPath = join(shop.folder, 'bare.sock')
  const banner = { js: "import { createRequire as r } from 'node:module'; const require = r(import.meta.url)" }
  const entryPoints = [join(repositoryRoot, 'benchmarks/catalog/bare.ts')]
  await bundle({ entryPoints, outfile, banner, bundle: true, platform: 'node', format: 'esm', external: ['pg-native'] })
  const url = new URL(shop.databases.catalog.url)
  url.password = shop.databases.catalog.password
  const env = { ...process.env, DATABASE_URL: url.href, LISTEN: socketPath, NODE_ENV: 'production' }
  const child = spawn(process.execPath, [outfile], { env, stdio: ['ignore', 'pipe', 'inherit'] })
  await once(child.stdout as NodeJS.ReadableStream, 'data')
  return { process: child, socketPath }
}

async function bodyAt(socketPath: string): Promise<string> {
  const dispatcher = new Agent({ connect: { socketPath } })
  const { body } = await request(list, { dispatcher })
  const text = await body.text()
  await dispatcher.close()
  return text
}

/** The first page of 24 books with facets: the real catalog process against node:http + pg with the same statements. */
export async function run(options: Parameters<typeof alternate>[1] = {}): Promise<CatalogBenchmark> {
  await build({ unlessFresh: true })
  const cluster = await startCluster()
  try {
    const shop = await startShop(cluster, { services: ['auth', 'catalog'], seed: true })
    const bare = await startBare(shop)
    try {
      const catalog = shop.socket('catalog')
      const [ours, theirs] = await Promise.all([bodyAt(catalog), bodyAt(bare.socketPath)])
      if (ours !== theirs) throw new Error('the two servers do not answer the same')
      const contestants = [
        { name: 'catalog', request: { url: list, socketPath: catalog } },
        { name: 'node:http + pg', request: { url: list, socketPath: bare.socketPath } },
      ]
      const measured = await alternate(contestants, options)
      return { measured, ratio: (measured[0]?.rate ?? 0) / (measured[1]?.rate ?? Number.NaN) }
    } finally {
      bare.process.kill()
      await shop.close()
    }
  } finally {
    await cluster.stop()
  }
}

export function table({ measured, ratio }: CatalogBenchmark): string {
  const lines = measured.map(
    ({ name, rate, p50, p99 }) =>
      `${name.padEnd(16)}${rate.toFixed(0).padStart(8)}${p50.toFixed(1).padStart(9)}${p99.toFixed(1).padStart(9)}`,
  )
  return ['                   req/s   p50 ms   p99 ms', ...lines, `ratio ${ratio.toFixed(2)} (goal ${goal})`].join('\n')
}

if (import.meta.filename === process.argv[1]) process.stdout.write(`${table(await run())}\n`)
