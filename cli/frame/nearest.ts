/**
 * Optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours cost one each.
 */
export function distance(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, column) => column)
  for (let row = 1; row <= a.length; row++) {
    const current = [row]
    for (let column = 1; column <= b.length; column++) {
      current.push(cell(a, b, row, column, [beforeLast, last, current]))
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}

function cell(a: string, b: string, row: number, column: number, rows: [number[], number[], number[]]): number {
  const [beforeLast, last, current] = rows
  const same = a[row - 1] === b[column - 1]
  const choices = [at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1)]
  if (row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]) {
    choices.push(at(beforeLast, column - 2) + 1)
  }
  return Math.min(...choices)
}

function at(row: number[], column: number): number {
  return row[column] ?? Number.POSITIVE_INFINITY
}

/** The candidate that was probably meant, or undefined when none is near. The first of equals wins. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const wanted = word.toLowerCase()
  const limit = Math.max(1, Math.floor(wanted.length / 3))
  let best: { candidate: string; distance: number } | undefined
  for (const candidate of candidates) {
    const found = distance(wanted, candidate.toLowerCase())
    if (found <= limit && found < (best?.distance ?? Number.POSITIVE_INFINITY)) best = { candidate, distance: found }
  }
  return (
    best?.candidate ?? (wanted.length >= 2 ? candidates.find((it) => it.toLowerCase().startsWith(wanted)) : undefined)
  )
}
