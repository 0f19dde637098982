import { expect, it } from 'vitest'
import { processesOf } from '../units.ts'
import { isArchive } from './base.ts'
import { containerName } from './docker.ts'
import { imageName } from './image.ts'
import { parseContainerName } from './processes.ts'

it('names of containers are read as they are written', () => {
  for (const process of processesOf('green', 2, 'docker'))
    expect(parseContainerName(containerName(process))).toEqual(process)
})

it.each(['bookstore-blue-catalog-1-run-4f2a', 'bookstore-blue-unknown-1', 'bookstore-red-catalog-1', 'catalog-1'])(
  '%s is no process of a slot',
  (name) => {
    expect(parseContainerName(name)).toBeUndefined()
  },
)

it('another base is another image of the same release', () => {
  const [one, other] = ['debian:12-slim', 'debian:13-slim'].map((base) => imageName({ release: 'abc', base }))
  expect(one).toMatch(/^bookstore-shop:abc-[0-9a-f]{12}$/)
  expect(one).not.toBe(other)
})

it('an archive is told by its digest', () => {
  expect(isArchive('0'.repeat(64))).toBe(true)
  expect(isArchive('debian:12-slim')).toBe(false)
})
