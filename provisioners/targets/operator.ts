/** The person, or the job, that a verb works for. */
export interface Operator {
  /** Rejects when the answer is no, or when nobody can be asked. */
  confirm(question: string): Promise<void>
  /** Where secrets and the SSH agent's socket come from; nothing of it is passed on as it is. */
  readonly environment: Readonly<Record<string, string | undefined>>
}
