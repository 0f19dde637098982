import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { z } from 'zod'
import { openDatabase } from '../kit/database-process.ts'
import type { Command } from '../kit/main.ts'
import { conditions } from './entities/book.ts'
import { seed } from './logic/seed.ts'
import { seedSettings } from './settings.ts'

/** Where the books of the first start lie: beside the source, or beside the bundles. */
const seedFile = (name: string) =>
  fileURLToPath(new URL(`${import.meta.url.endsWith('.ts') ? './seed' : '../seed'}/${name}.json`, import.meta.url))

const seedBook = z.object({
  title: z.string().min(1),
  author: z.string().min(1),
  language: z.string().transform((tag) => Intl.getCanonicalLocales(tag)[0] ?? tag),
  year: z.int(),
  description: z.record(z.string(), z.string()),
  price: z.int().min(1),
  stock: z.int().min(0),
  condition: z.enum(conditions),
})

/** The command `seed`: fills the shelves of a new shop that wants its classics. Once, whatever happens. */
export const seedCommand: Command = async ({ env, log }) => {
  const { BOOKSTORE_CURRENCY: currency, BOOKSTORE_SHOP: shop } = seedSettings(env)
  const name = shop.catalogue
  if (name === 'empty') {
    log.info('the shelves of this shop start empty')
    return
  }
  const books = z.array(seedBook).parse(JSON.parse(await readFile(seedFile(name), 'utf8')))
  const db = openDatabase(env, log)
  try {
    const options = { name, books, shopName: shop.name, languages: shop.languages, currency, now: new Date() }
    const count = await db.transaction((tx) => seed(tx, options))
    log.info({ seed: name, books: count }, count > 0 ? 'the shelves are filled' : 'the shelves were filled before')
  } finally {
    await db.close()
  }
}
