/**
 * Variables as `EnvironmentFile=` reads them (systemd.exec(5)): in double quotes, where a backslash stands before what
 * would otherwise mean something. Sorted, so that the same variables are the same text.
 */
export function environmentFile(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, value]) => `${name}="${value.replace(/["\\`$]/g, (sign) => `\\${sign}`)}"\n`)
    .join('')
}
