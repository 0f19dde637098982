export type JsonLd = Readonly<Record<string, unknown>>

/** What could end a script, begin a comment or break a line in one, and its form within a JSON string. */
const unsafe = /[<>&\u2028\u2029]/g

/** JSON for a data block (`<script type="application/ld+json">`): whatever the data says, it stays data. */
export function scriptSafeJson(data: JsonLd): string {
  return JSON.stringify(data).replace(
    unsafe,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}
