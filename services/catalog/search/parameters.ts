/** Collects the values of a statement while its text is put together; the same steps give the same text. */
export class Parameters {
  readonly values: unknown[] = []

  /** The place of `value`, with its type, since no other context may tell it. */
  readonly add = (value: unknown, type: string): string => {
    this.values.push(value)
    return `$${this.values.length}::${type}`
  }
}
