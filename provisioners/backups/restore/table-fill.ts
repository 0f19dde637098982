import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { finished } from 'node:stream/promises'
import type { Client } from 'pg'
import { type CopyStreamQuery, from as copyFrom } from 'pg-copy-streams'
import { damaged, type TableManifest } from '../manifest.ts'
import { quoted } from '../source/access.ts'

export const nameOf = ({ schema, name }: Pick<TableManifest, 'schema' | 'name'>) => quoted(schema, name)

/** The COPY of one table, fed piece by piece. */
export class TableFill {
  readonly table: TableManifest
  readonly #sink: CopyStreamQuery
  readonly #finished: Promise<void>
  readonly #hash = createHash('sha256')

  constructor(client: Client, table: TableManifest) {
    this.table = table
    const columns = table.columns.map((column) => quoted(column)).join(', ')
    this.#sink = client.query(copyFrom(`copy ${nameOf(table)} (${columns}) from stdin`))
    this.#finished = finished(this.#sink)
    // Seen by whoever writes next, or ends.
    this.#finished.catch(() => {})
  }

  /** Resolves when there is room for more. */
  async write(chunk: Buffer): Promise<void> {
    this.#hash.update(chunk)
    if (this.#sink.destroyed) await this.#finished
    if (!this.#sink.write(chunk)) await Promise.race([once(this.#sink, 'drain'), this.#finished])
  }

  /** @throws BookstoreError 'backup-damaged' when it was not what the manifest says. */
  async end(): Promise<void> {
    this.#sink.end()
    await this.#finished
    const { name, sha256, rows } = this.table
    const whole = this.#hash.digest('hex') === sha256 && this.#sink.rowCount === rows
    if (!whole) throw damaged(`its table ${name} has changed since it was verified`)
  }

  /** Tells the server to forget it, so that the connection is not left in the middle of a COPY. */
  async abandon(error: Error): Promise<void> {
    this.#sink.destroy(error)
    await this.#finished.catch(() => {})
  }
}
