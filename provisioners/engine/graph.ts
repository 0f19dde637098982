import { BookstoreError } from './errors.ts'
import type { Address } from './resource.ts'

/** Anything with an address and dependencies: a resource, a step of a plan. */
export interface Node {
  readonly address: Address
  readonly dependsOn: readonly Address[]
}

/**
 * The nodes with every dependency before its dependents; nodes that could come in any order are sorted by address, so
 * that the order depends on the graph alone.
 *
 * @throws BookstoreError 'graph-duplicate', 'graph-missing' or 'graph-cycle': a defect of a blueprint.
 */
export function inOrder<N extends Node>(nodes: readonly N[]): readonly N[] {
  const byAddress = index(nodes)
  const waiting = new Map(nodes.map((node) => [node.address, new Set(node.dependsOn)]))
  const dependents = invert(nodes)
  const ready = nodes.filter((node) => node.dependsOn.length === 0).map((node) => node.address)
  const ordered: N[] = []
  while (ready.length > 0) {
    ready.sort(byText)
    const address = ready.shift() as Address
    ordered.push(byAddress.get(address) as N)
    for (const dependent of dependents.get(address) ?? []) {
      const left = waiting.get(dependent)
      if (left?.delete(address) && left.size === 0) ready.push(dependent)
    }
  }
  if (ordered.length < nodes.length) throw cycleAmong(nodes, ordered)
  return ordered
}

/** The same nodes with every arrow turned round, for taking down. */
export function reversed<N extends Node>(nodes: readonly N[]): readonly Node[] {
  const dependents = invert(nodes)
  return nodes.map(({ address }) => ({ address, dependsOn: (dependents.get(address) ?? []).toSorted(byText) }))
}

/** Code unit order: the same in every locale. */
export function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function index<N extends Node>(nodes: readonly N[]): ReadonlyMap<Address, N> {
  const byAddress = new Map<Address, N>()
  for (const node of nodes) {
    if (byAddress.has(node.address)) throw defect('graph-duplicate', `Two resources are called ${node.address}.`)
    byAddress.set(node.address, node)
  }
  for (const node of nodes) {
    const missing = node.dependsOn.find((address) => !byAddress.has(address))
    if (missing) throw defect('graph-missing', `${node.address} depends on ${missing}, which is not in the graph.`)
  }
  return byAddress
}

function invert(nodes: readonly Node[]): Map<Address, Address[]> {
  const dependents = new Map<Address, Address[]>()
  for (const node of nodes) {
    for (const dependency of new Set(node.dependsOn)) {
      dependents.set(dependency, [...(dependents.get(dependency) ?? []), node.address])
    }
  }
  return dependents
}

/** Follows the first unresolved dependency of each node until one comes up again. */
function cycleAmong(nodes: readonly Node[], ordered: readonly Node[]): BookstoreError {
  const done = new Set(ordered.map((node) => node.address))
  const left = new Map(nodes.filter((node) => !done.has(node.address)).map((node) => [node.address, node]))
  const path: Address[] = []
  let at = [...left.keys()].sort(byText)[0] as Address
  while (!path.includes(at)) {
    path.push(at)
    at = left.get(at)?.dependsOn.find((address) => left.has(address)) as Address
  }
  const circle = [...path.slice(path.indexOf(at)), at]
  return defect('graph-cycle', `These resources wait for each other: ${circle.join(' -> ')}.`)
}

function defect(code: string, message: string): BookstoreError {
  return new BookstoreError(message, { code, fault: 'bug', hint: 'This is a defect of bookstore; please report it.' })
}
