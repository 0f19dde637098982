import { expect, it } from 'vitest'
import { batched, coalesced } from './batch.ts'

it('asks once for all who ask in the same moment', async () => {
  const queries: string[][] = []
  const read = batched(async (keys) => {
    queries.push([...keys])
    return new Map(keys.map((key) => [key, key.length]))
  })
  expect(await Promise.all([read('a'), read('bb'), read('a')])).toEqual([1, 2, 1])
  expect(await read('ccc')).toBe(3)
  expect(queries).toEqual([['a', 'bb'], ['ccc']])
})

it('tells a failure to all who asked, and to nobody else', async () => {
  let broken = true
  const read = batched(async (keys) => {
    if (broken) throw new Error('no')
    return new Map(keys.map((key) => [key, key]))
  })
  await expect(Promise.all([read('a'), read('b')])).rejects.toThrow('no')
  broken = false
  expect(await read('a')).toBe('a')
})

it('works once more for those who ask while it works', async () => {
  let begun = 0
  const finish: (() => void)[] = []
  const reload = coalesced(() => {
    begun += 1
    return new Promise((resolve) => finish.push(resolve))
  })
  const first = reload()
  await new Promise(setImmediate)
  const later = Promise.all([reload(), reload(), reload()])
  finish.shift()?.()
  await first
  await new Promise(setImmediate)
  finish.shift()?.()
  await later
  expect(begun).toBe(2)
})

it('works for the next although it failed for the last', async () => {
  let times = 0
  const reload = coalesced(async () => {
    times += 1
    if (times === 1) throw new Error('no')
  })
  await expect(reload()).rejects.toThrow('no')
  await reload()
  expect(times).toBe(2)
})
