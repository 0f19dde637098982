/** Some of them, others in each run; which ones a failing test names itself. In the order in which they were. */
export function spreadOf<T>(all: readonly T[], count: number): readonly T[] {
  const left = all.map((each, at) => ({ each, at }))
  while (left.length > count) left.splice(Math.floor(Math.random() * left.length), 1)
  return left.map(({ each }) => each)
}
