/** Characters at most, counted as code points. */
export const longestName = 100

/** Controls, line breaks, and the overrides that make a name read backwards in somebody else's page (Unicode TR 36, 2.7). */
const unfit = /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u

/**
 * A name as we keep it: composed (NFC), with single spaces and none around.
 * @returns undefined when it is no name: empty, too long, invisible, or with control characters.
 */
export function normaliseName(text: string): string | undefined {
  const name = text.normalize('NFC').trim()
  if (unfit.test(name) || !visible.test(name)) return undefined
  const single = name.replace(/\p{Zs}+/gu, ' ')
  return [...single].length <= longestName ? single : undefined
}
