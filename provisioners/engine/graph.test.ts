import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BookstoreError } from './errors.ts'
import { inOrder, type Node, reversed } from './graph.ts'
import { addressOf } from './testing/fake-world.ts'

const node = (name: string, ...dependsOn: string[]): Node => ({
  address: addressOf(name),
  dependsOn: dependsOn.map(addressOf),
})
const names = (nodes: readonly Node[]) => nodes.map(({ address }) => address.slice('fake.thing/'.length))

function codeOf(nodes: readonly Node[]): [string, string] {
  try {
    inOrder(nodes)
  } catch (error) {
    if (error instanceof BookstoreError) return [error.code, error.message]
  }
  throw new Error('did not throw')
}

/** A graph without cycles: each node may depend on those with a smaller number. */
const acyclic = fc
  .array(fc.array(fc.nat({ max: 11 }), { maxLength: 4 }), { maxLength: 12 })
  .map((rows) => rows.map((row, at) => node(`n${at}`, ...row.filter((to) => to < at).map((to) => `n${to}`))))

const shuffledTwice = acyclic.chain((nodes) =>
  fc.tuple(
    fc.shuffledSubarray(nodes, { minLength: nodes.length }),
    fc.shuffledSubarray(nodes, { minLength: nodes.length }),
  ),
)

describe('inOrder', () => {
  test('puts dependencies first and sorts what is free', () => {
    expect(names(inOrder([node('c', 'b'), node('b'), node('a', 'b'), node('d')]))).toEqual(['b', 'a', 'c', 'd'])
  })

  test('every dependency comes before its dependents, and nothing is lost', () => {
    fc.assert(
      fc.property(acyclic, (nodes) => {
        const ordered = inOrder(nodes)
        const place = new Map(ordered.map(({ address }, at) => [address, at]))
        expect(place.size).toBe(nodes.length)
        for (const { address, dependsOn } of ordered) {
          for (const dependency of dependsOn) expect(place.get(dependency)).toBeLessThan(place.get(address) ?? -1)
        }
      }),
    )
  })

  test('the order depends on the graph alone', () => {
    fc.assert(
      fc.property(shuffledTwice, ([one, other]) => {
        expect(names(inOrder(one))).toEqual(names(inOrder(other)))
      }),
    )
  })

  test('turning the arrows round turns the order round', () => {
    fc.assert(
      fc.property(acyclic, (nodes) => {
        const place = new Map(inOrder(reversed(nodes)).map(({ address }, at) => [address, at]))
        for (const { address, dependsOn } of nodes) {
          for (const dependency of dependsOn) expect(place.get(address)).toBeLessThan(place.get(dependency) ?? -1)
        }
      }),
    )
  })

  test('tells two resources of one name', () => {
    expect(codeOf([node('a'), node('a')])[0]).toBe('graph-duplicate')
  })

  test('names a dependency that is not there', () => {
    expect(codeOf([node('a', 'ghost')])).toEqual(['graph-missing', expect.stringContaining('fake.thing/ghost')])
  })

  test('shows a cycle, without what merely hangs on it', () => {
    const [code, message] = codeOf([node('a', 'b'), node('b', 'c'), node('c', 'b'), node('free')])
    expect(code).toBe('graph-cycle')
    expect(message).toContain('fake.thing/b -> fake.thing/c -> fake.thing/b')
    expect(message).not.toContain('fake.thing/a')
  })

  test('a resource that waits for itself is a cycle', () => {
    expect(codeOf([node('a', 'a')])[0]).toBe('graph-cycle')
  })
})
