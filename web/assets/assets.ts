import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { z } from 'zod'

export interface Asset {
  type: string
  /** Of the bytes as they are. */
  etag: string
  bytes: Buffer
  /** Only those that are smaller. */
  br?: Buffer
  gzip?: Buffer
}

const types: Readonly<Record<string, string>> = {
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.woff2': 'font/woff2',
  '.svg': 'image/svg+xml; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
}

export const hashOf = (bytes: Buffer | string): string =>
  createHash('sha256').update(bytes).digest('base64url').slice(0, 10)

/** What the browser is sent besides pages: small, so it is held in memory. Names carry a hash and never change. */
export class Assets {
  readonly #urls: Map<string, string>
  readonly #files: Map<string, Asset>

  private constructor(urls: Map<string, string>, files: Map<string, Asset>) {
    this.#urls = urls
    this.#files = files
  }

  /** Loads what `buildWeb` made. @throws when it is not there. */
  static load(folder: string): Assets {
    const manifest = z.record(z.string(), z.string()).parse(JSON.parse(read(folder, 'manifest.json').toString('utf8')))
    const names = readdirSync(join(folder, 'assets'))
    const files = new Map<string, Asset>()
    for (const name of names) {
      if (name.endsWith('.br') || name.endsWith('.gz')) continue
      const bytes = read(folder, 'assets', name)
      files.set(name, {
        type: types[extname(name)] ?? 'application/octet-stream',
        etag: `"${hashOf(bytes)}"`,
        bytes,
        ...(names.includes(`${name}.br`) && { br: read(folder, 'assets', `${name}.br`) }),
        ...(names.includes(`${name}.gz`) && { gzip: read(folder, 'assets', `${name}.gz`) }),
      })
    }
    return new Assets(new Map(Object.entries(manifest)), files)
  }

  /** Adds a file made at the start from the settings, in place of the one that the build has under this name. */
  add(name: string, text: string): void {
    this.#files.delete(nameIn(this.#urls.get(name) ?? ''))
    const bytes = Buffer.from(text)
    const extension = extname(name)
    const hashed = `${name.slice(0, -extension.length)}-${hashOf(bytes)}${extension}`
    this.#urls.set(name, `/assets/${hashed}`)
    this.#files.set(hashed, {
      type: types[extension] ?? 'application/octet-stream',
      etag: `"${hashOf(bytes)}"`,
      bytes,
      br: brotliCompressSync(bytes),
      gzip: gzipSync(bytes),
    })
  }

  /** @throws Error for a name that the build does not know. */
  url(name: string): string {
    const url = this.#urls.get(name)
    if (url === undefined) throw new Error(`no such asset: ${name}`)
    return url
  }

  /** What a file of the build says. @throws Error for a name that the build does not know. */
  text(name: string): string {
    return this.find(nameIn(this.url(name)))?.bytes.toString('utf8') ?? ''
  }

  find(hashedName: string): Asset | undefined {
    return this.#files.get(hashedName)
  }
}

const nameIn = (url: string): string => url.slice('/assets/'.length)

function read(...path: string[]): Buffer {
  return readFileSync(join(...path))
}
