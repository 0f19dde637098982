import { randomUUID } from 'node:crypto'
import { readdir, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { CoverStore } from '../../services/catalog/covers/store.ts'
import { clearCovers } from '../../services/catalog/logic/clear-covers.ts'
import { Database } from '../../services/kit/database.ts'
import { Secret } from '../../services/kit/secret.ts'
import { startShop, type TestShop } from '../support/shop.ts'
import { bookOf, type Person, somebody } from './support.ts'

let shop: TestShop
let seller: Person
let id: string

beforeAll(async () => {
  shop = await startShop(inject('cluster'), { services: ['auth', 'catalog'] })
  seller = await somebody(shop, 'Marta')
  id = await bookOf(shop, seller)
})
afterAll(() => shop?.close())

const put = (body: Buffer, type: string, as: Person = seller, book = id) =>
  shop.request('catalog', 'PUT', `/catalog/books/${book}/cover`, {
    body,
    headers: { ...as.headers, 'content-type': type },
  })

/** Not one colour, so that it does not compress to nothing. */
const noise = (width: number, height: number) =>
  sharp({
    create: { width, height, channels: 3, background: '#888', noise: { type: 'gaussian', mean: 128, sigma: 40 } },
  })

const image = (width = 600, height = 900) => noise(width, height).jpeg().toBuffer()

describe('a cover', () => {
  it.each([
    ['image/jpeg', () => noise(1000, 1500).jpeg().toBuffer()],
    ['image/png', () => noise(1000, 1500).png({ compressionLevel: 1 }).toBuffer()],
    ['image/webp', () => noise(1000, 1500).webp().toBuffer()],
    ['image/avif', () => noise(1000, 1500).avif({ effort: 0 }).toBuffer()],
  ] as const)('of %s is written anew in several sizes, kept for ever by who asks', async (type, make) => {
    const answer = await put(await make(), type)
    expect(answer.status).toBe(200)
    const { cover } = answer.body
    expect(cover).toMatchObject({ id: expect.stringMatching(/^[0-9a-f]{32}$/), width: 960, height: 1440 })
    for (const [format, mime] of [
      ['webp', 'image/webp'],
      ['jpeg', 'image/jpeg'],
    ] as const) {
      expect(cover.sources[format].map((source: { width: number }) => source.width)).toEqual([240, 480, 960])
      for (const { width, url } of cover.sources[format]) {
        const file = await shop.request('catalog', 'GET', url.replace('/api', ''))
        expect(file.status).toBe(200)
        expect(file.headers).toMatchObject({
          'content-type': mime,
          'cache-control': expect.stringContaining('immutable'),
          'x-content-type-options': 'nosniff',
        })
        expect(Number(file.headers['content-length'])).toBeGreaterThan(width)
        const headers = { 'if-none-match': String(file.headers.etag) }
        expect((await shop.request('catalog', 'GET', url.replace('/api', ''), { headers })).status).toBe(304)
      }
    }
    expect((await shop.request('catalog', 'GET', cover.url.replace('/api', ''))).status).toBe(200)
    expect((await shop.request('catalog', 'GET', `/catalog/books/${id}`)).body.cover).toEqual(cover)
  })

  it('keeps nothing of the file but its pixels, upright', async () => {
    const secret = 'Calle Mayor 5, taken at 40.41 north'
    const exif = { IFD0: { Copyright: secret } }
    const bytes = await noise(900, 600).withMetadata({ orientation: 6, exif }).jpeg().toBuffer()
    expect(bytes.includes(secret)).toBe(true)
    const { cover } = (await put(bytes, 'image/jpeg')).body
    expect(cover.height).toBeGreaterThan(cover.width)
    const folder = join(shop.folder, 'covers')
    const files = (await readdir(folder)).filter((name) => name.startsWith(cover.id))
    expect(files).toHaveLength(6)
    for (const name of files) {
      const { exif: left, orientation } = await sharp(join(folder, name)).metadata()
      expect([left, orientation]).toEqual([undefined, undefined])
    }
  })

  it('is named by what it shows, and never enlarged', async () => {
    const bytes = await image(300, 450)
    const [a, b] = [(await put(bytes, 'image/jpeg')).body, (await put(bytes, 'image/jpeg')).body]
    expect(a.cover).toMatchObject({ width: 300, height: 450 })
    expect(b.cover).toEqual(a.cover)
    expect((await put(await image(300, 451), 'image/jpeg')).body.cover.id).not.toBe(a.cover.id)
  })

  it('is the first frame of what moves', async () => {
    const frames = await sharp([await image(200, 300), await image(200, 300)], { join: { animated: true } })
      .webp()
      .toBuffer()
    expect((await put(frames, 'image/webp')).body.cover).toMatchObject({ width: 200, height: 300 })
  })

  it('is for the seller alone', async () => {
    const other = await somebody(shop, 'Otra')
    expect(await put(await image(), 'image/jpeg', other)).toMatchObject({ status: 403, body: { code: 'not-yours' } })
    expect((await put(await image(), 'image/jpeg', seller, randomUUID())).status).toBe(404)
    const anonymous = await shop.request('catalog', 'PUT', `/catalog/books/${id}/cover`, {
      body: await image(),
      headers: { 'content-type': 'image/jpeg' },
    })
    expect(anonymous.status).toBe(401)
  })
})

/** A PNG that says it is `width` by `height`, all of one colour: few bytes that unpack to many. */
function bomb(width: number, height: number): Buffer {
  const chunk = (type: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(type, 'latin1'), data])
    const frame = Buffer.alloc(8 + body.length)
    frame.writeUInt32BE(data.length, 0)
    body.copy(frame, 4)
    frame.writeUInt32BE(crc32(body), 4 + body.length)
    return frame
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([1, 0, 0, 0, 0], 8)
  const rows = deflateSync(Buffer.alloc((Math.ceil(width / 8) + 1) * height))
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', rows),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="99" height="99"><image href="file:///etc/passwd"/></svg>'

describe('what is no image', () => {
  it.each([
    ['an SVG', Buffer.from(svg), 'image/svg+xml', 415],
    ['a GIF', Buffer.from('GIF89a'.padEnd(64)), 'image/gif', 415],
    ['a text', Buffer.from('hello'), 'text/plain', 415],
    ['more than 8 MB', Buffer.alloc(8 * 1024 * 1024 + 1), 'image/png', 413],
    ['nothing', Buffer.alloc(0), 'image/png', 422],
    ['an SVG that says it is a PNG', Buffer.from(svg), 'image/png', 422],
    ['a script that says it is a JPEG', Buffer.from('<script>alert(1)</script>'.padEnd(64)), 'image/jpeg', 422],
    [
      'noise behind the first bytes of a JPEG',
      Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), Buffer.alloc(500, 7)]),
      'image/jpeg',
      422,
    ],
    ['a picture of 30,000 by 30,000', bomb(30_000, 30_000), 'image/png', 422],
    ['a ribbon of one pixel', bomb(5_000, 1), 'image/png', 422],
  ])('is refused: %s', async (_, bytes, type, status) => {
    const answer = await put(bytes, type)
    expect(answer.status).toBe(status)
    if (status === 422) expect(answer.body.code).toBe('invalid-image')
  })

  it('is refused when it is cut off, or of another type than was said', async () => {
    const jpeg = await image()
    const png = await noise(600, 900).png().toBuffer()
    const webp = await noise(600, 900).webp().toBuffer()
    const avif = await noise(400, 600).avif({ effort: 0 }).toBuffer()
    for (const [bytes, type] of [
      [jpeg, 'image/jpeg'],
      [png, 'image/png'],
      [webp, 'image/webp'],
      [avif, 'image/avif'],
    ] as const)
      for (const part of [0.5, 0.9])
        expect(await put(bytes.subarray(0, bytes.length * part), type)).toMatchObject({
          status: 422,
          body: { code: 'invalid-image' },
        })
    expect(await put(jpeg, 'image/png')).toMatchObject({ status: 422 })
  })

  it('leaves nothing of what is hidden behind an image', async () => {
    const hidden = '<script>fetch("//evil")</script>'
    const { cover } = (await put(Buffer.concat([await image(), Buffer.from(hidden)]), 'image/jpeg')).body
    for (const { url } of [...cover.sources.jpeg, ...cover.sources.webp])
      expect((await shop.request('catalog', 'GET', url.replace('/api', ''))).body).not.toContain(hidden)
  })

  it.each([
    '..%2f..%2fetc%2fpasswd',
    '%2e%2e',
    'x'.repeat(200),
    '.new-1',
    `${'0'.repeat(32)}-240.svg`,
    `${'0'.repeat(32)}-240.webp`,
    '%00',
  ])('is not served: %s', async (name) => {
    expect((await shop.request('catalog', 'GET', `/catalog/covers/${name}`)).status).toBe(404)
  })

  it('overwhelms nobody when many come at once', async () => {
    const bytes = await image(500, 700)
    const answers = await Promise.all(Array.from({ length: 30 }, () => put(bytes, 'image/jpeg')))
    const statuses = new Set(answers.map((answer) => answer.status))
    expect([...statuses].filter((status) => ![200, 429].includes(status))).toEqual([])
    expect(answers.filter((answer) => answer.status === 200).length).toBeGreaterThanOrEqual(18)
    const names = await readdir(join(shop.folder, 'covers'))
    expect(names.filter((name) => name.startsWith('.new-'))).toEqual([])
  })
})

describe('clearing away', () => {
  const folder = () => join(shop.folder, 'covers')
  const filesOf = async (coverId: string) => (await readdir(folder())).filter((name) => name.startsWith(coverId))
  const age = (names: string[]) => Promise.all(names.map((name) => utimes(join(folder(), name), 1, 1)))

  it('takes old files that no book on sale shows, and nothing else', async () => {
    const [stays, goes, young] = [await bookOf(shop, seller), await bookOf(shop, seller), await bookOf(shop, seller)]
    const coverOf = async (book: string, width: number): Promise<string> =>
      (await put(await image(width, 330), 'image/jpeg', seller, book)).body.cover.id
    const [shown, gone, fresh] = [await coverOf(stays, 210), await coverOf(goes, 220), await coverOf(young, 230)]
    for (const book of [goes, young])
      await shop.request('catalog', 'DELETE', `/catalog/books/${book}`, { headers: seller.headers })
    await writeFile(join(folder(), 'somebody-elses.txt'), '')
    await writeFile(join(folder(), '.new-left-by-a-killed-process'), '')
    await age([
      ...(await filesOf(shown)),
      ...(await filesOf(gone)),
      'somebody-elses.txt',
      '.new-left-by-a-killed-process',
    ])

    const { url, password } = shop.databases.catalog
    const db = new Database({
      url,
      password: new Secret(password),
      pool: 2,
      name: 'test',
      onIdleError: () => undefined,
    })
    await clearCovers({ db, covers: new CoverStore(folder()) })
    await db.close()
    expect(await filesOf(shown)).toHaveLength(2)
    expect(await filesOf(gone)).toEqual([])
    expect(await filesOf(fresh)).toHaveLength(2)
    const names = await readdir(folder())
    expect(names).toContain('somebody-elses.txt')
    expect(names).not.toContain('.new-left-by-a-killed-process')
  })
})
