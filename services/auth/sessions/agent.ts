/** Characters at most, counted as code points. */
export const longestAgent = 200

/** Controls, and what is not seen: the list of sessions shows an agent to its user. */
const unfit = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

/** What is kept of a User-Agent: its start, on one line. Empty when there is none. Anybody sends what they like in it. */
export function agentOf(header: string | undefined): string {
  const text = (header ?? '').replace(unfit, '').trim()
  return [...text].slice(0, longestAgent).join('').trimEnd()
}
