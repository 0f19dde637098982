import { expect, it } from 'vitest'
import { layoutOf } from './layout.ts'

it('keeps the sockets in the home when their addresses fit', () => {
  const layout = layoutOf({ home: '/srv/shop/.bookstore' })
  expect(layout.run).toBe('/srv/shop/.bookstore/run')
  expect(layout.run).toBe(layout.runLink)
})

it('puts them into a short folder when the home lies too deep, the same one each time', () => {
  const home = `/srv/${'deep/'.repeat(20)}shop`
  const layout = layoutOf({ home })
  expect(layout.run).toMatch(/^\/tmp\/bookstore-[0-9a-f]{16}$/)
  expect(layout.runLink).toBe(`${home}/run`)
  expect(layoutOf({ home }).run).toBe(layout.run)
  expect(layoutOf({ home: `${home}2` }).run).not.toBe(layout.run)
})

it('leaves room for every socket on Linux and macOS', () => {
  for (let length = 1; length < 120; length++) {
    const { run, databaseSocket } = layoutOf({ home: `/${'h'.repeat(length)}` })
    for (const socket of [
      `${run}/payments-8-internal.sock`,
      `${run}/supervisor.sock`,
      `${databaseSocket}/.s.PGSQL.5432`,
    ]) {
      expect(Buffer.byteLength(socket)).toBeLessThanOrEqual(103)
    }
  }
})

it('counts bytes, not letters', () => {
  expect(layoutOf({ home: `/${'ñ'.repeat(38)}` }).run).toMatch(/^\/tmp\//)
})
