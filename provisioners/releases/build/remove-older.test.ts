import { mkdir, readdir, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makePlaces } from '../testing/made-release.ts'
import { removeOlder } from './remove-older.ts'

let places: Awaited<ReturnType<typeof makePlaces>>
beforeEach(async () => {
  places = await makePlaces()
})
afterEach(() => places.remove())

const day = 86_400
const id = (number: number) => String(number).padStart(16, '0')

async function folder(name: string, ageInSeconds: number): Promise<void> {
  const path = join(places.operator, name)
  const since = Date.now() / 1000 - ageInSeconds
  await mkdir(path)
  await utimes(path, since, since)
}

test('the current one and the four newest others stay, and what builds of today are at', async () => {
  for (let number = 1; number <= 8; number++) await folder(id(number), number * day)
  await folder('.building.1.aa', 60)
  await folder('.building.2.bb', 2 * day)
  await folder('of-somebody', 99 * day)
  await removeOlder(places.operator, id(8))
  const kept = ['.building.1.aa', id(1), id(2), id(3), id(4), id(8), 'of-somebody']
  expect((await readdir(places.operator)).sort()).toEqual(kept.sort())
})
