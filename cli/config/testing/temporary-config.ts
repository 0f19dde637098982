import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach } from 'vitest'
import { BookstoreError } from '../../../provisioners/engine/errors.ts'
import type { Event } from '../../../provisioners/engine/events.ts'
import { loadSite } from '../load.ts'
import type { Problem } from '../problem.ts'

/** A folder for each test, with what is loaded from there. */
export class TemporaryConfig {
  folder = ''
  events: Event[] = []

  constructor() {
    beforeEach(async () => {
      this.folder = await mkdtemp(join(tmpdir(), 'config-'))
      this.events = []
    })
    afterEach(() => rm(this.folder, { recursive: true }))
  }

  load(options: { config?: string; env?: string; target?: string } = {}, home?: string) {
    return loadSite(options, { cwd: this.folder, home, emit: (event) => void this.events.push(event) })
  }

  async loadText(text: string, env?: string) {
    await writeFile(join(this.folder, 'bookstore.yaml'), text)
    return this.load(env === undefined ? {} : { env })
  }

  /** All that is wrong with a text that is not taken. */
  async problems(text: string, env?: string): Promise<readonly Problem[]> {
    const error = await this.loadText(text, env).catch((it: unknown) => it)
    if (!(error instanceof BookstoreError)) throw new Error(`no error but ${JSON.stringify(error)}`)
    const { code, status, fault } = error
    if (`${code} ${status} ${fault}` !== 'configuration 78 user') throw error
    return error.details.problems as Problem[]
  }
}
