/** Directives of a section: a list repeats its key, what is undefined is left out. */
export type Directives = Readonly<Record<string, string | number | readonly string[] | undefined>>

/** The text of a unit (systemd.unit(5)). Sections and directives keep their order. */
export function unitText(sections: Readonly<Record<string, Directives>>): string {
  const parts = Object.entries(sections).map(([name, directives]) => [`[${name}]`, ...linesOf(directives)].join('\n'))
  return `# Written by bookstore; the next run writes it again.\n\n${parts.join('\n\n')}\n`
}

function linesOf(directives: Directives): string[] {
  return Object.entries(directives).flatMap(([key, value]) =>
    value === undefined ? [] : [value].flat().map((each) => `${key}=${each}`),
  )
}
