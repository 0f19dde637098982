import { build } from '../../bin/build.mjs'
import { authorityOf } from '../../tests/local/requests.ts'
import { type OpenSite, openSite } from '../../tests/support/open-site.ts'
import { alternate, type Contestant, type Measured } from '../catalog/rounds.ts'

/** What a page must reach of the rate of the call that gives its books. */
export const goal = 0.7

export interface PageRow extends Measured {
  /** Of the rate of the API's call for the same books; undefined for the calls themselves. */
  ratio: number | undefined
}

interface Course {
  name: string
  path: string
  cookie?: string
  /** Name of the call that it is compared with. */
  against?: string
}

/** Any cookie makes a page somebody's: it is then made for this very request. */
const somebody = 'somebody=1'

const coursesOf = (book: string): Course[] => [
  { name: 'API: a page of 24 books', path: '/api/catalog/books' },
  { name: 'API: one book', path: `/api/catalog/books/${book}` },
  { name: 'home, as strangers get it', path: '/es/', against: 'API: a page of 24 books' },
  { name: 'home, made each time', path: '/es/', cookie: somebody, against: 'API: a page of 24 books' },
  { name: 'book, as strangers get it', path: `/es/books/${book}`, against: 'API: one book' },
  { name: 'book, made each time', path: `/es/books/${book}`, cookie: somebody, against: 'API: one book' },
]

/** All through the front: NGINX, TLS, compressed as browsers ask for it. */
function contestant({ site }: OpenSite, { name, path, cookie }: Course): Contestant {
  const headers = { host: `${site.domain}:${site.local.httpsPort}`, 'accept-encoding': 'gzip, deflate, br' }
  return {
    name,
    request: {
      url: `https://127.0.0.1:${site.local.httpsPort}${path}`,
      headers: { ...headers, ...(cookie !== undefined && { cookie }) },
      servername: site.domain,
      tlsOptions: { ca: authorityOf(site) },
    },
  }
}

async function anyBook({ knock }: OpenSite): Promise<string> {
  const text = await new Promise<string>((resolve, reject) => {
    const asked = knock({ path: '/api/catalog/books?limit=1&inStock=true' })
    asked.on('error', reject)
    asked.on('response', async (answer) => resolve(Buffer.concat(await answer.toArray()).toString('utf8')))
    asked.end()
  })
  const { items } = JSON.parse(text) as { items: { id: string }[] }
  if (!items[0]) throw new Error('the shop is empty')
  return items[0].id
}

/** Home and book pages beside the catalog API, on the same computer in the same run. */
export async function run(options: Parameters<typeof alternate>[1] = {}): Promise<PageRow[]> {
  await build({ unlessFresh: true })
  const open = await openSite()
  try {
    const courses = coursesOf(await anyBook(open))
    const measured = await alternate(
      courses.map((course) => contestant(open, course)),
      options,
    )
    const rateOf = (name: string) => measured.find((each) => each.name === name)?.rate ?? Number.NaN
    return measured.map((row) => {
      const against = courses.find(({ name }) => name === row.name)?.against
      return { ...row, ratio: against === undefined ? undefined : row.rate / rateOf(against) }
    })
  } finally {
    await open.close()
  }
}

export function table(rows: readonly PageRow[]): string {
  const lines = rows.map(
    ({ name, rate, p50, p99, ratio }) =>
      `${name.padEnd(28)}${rate.toFixed(0).padStart(8)}${p50.toFixed(1).padStart(9)}${p99.toFixed(1).padStart(9)}${(ratio?.toFixed(2) ?? '').padStart(8)}`,
  )
  const head = `${''.padEnd(28)}   req/s   p50 ms   p99 ms   ratio`
  return [head, ...lines, `goal for pages as strangers get them: ${goal} of the API's call`].join('\n')
}

if (import.meta.filename === process.argv[1]) process.stdout.write(`${table(await run())}\n`)
