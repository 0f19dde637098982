import { createHash } from 'node:crypto'

/**
 * A standard parameter holds 4 KB; a chain with its key may be longer. The advanced tier holds 8 KB, and is paid for:
 * https://docs.aws.amazon.com/systems-manager/latest/userguide/parameter-store-advanced-parameters.html
 */
const most = 4_000

/** A text as values of parameters, in order. Each says of which text it is, and how many there are. ASCII only. */
export function split(text: string): readonly string[] {
  const digest = digestOf(text)
  const count = Math.max(1, Math.ceil(text.length / most))
  return Array.from({ length: count }, (_, at) => `${digest} ${count}\n${text.slice(at * most, (at + 1) * most)}`)
}

/** The text again; undefined when parts of it are missing, or are of another text: a run was killed between two of them. */
export function join(parts: readonly string[]): string | undefined {
  const [digest = '', count = ''] = (parts[0] ?? '').split('\n', 1)[0]?.split(' ') ?? []
  const text = parts
    .slice(0, Number(count))
    .map((part) => part.slice(part.indexOf('\n') + 1))
    .join('')
  return digest !== '' && digestOf(text) === digest ? text : undefined
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 16)
