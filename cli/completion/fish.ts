import type { Option, Place, Word } from './vocabulary.ts'

export function fish(places: readonly Place[]): string {
  return `# Completion of bookstore for fish. Load it with: bookstore completion fish | source
complete -c bookstore -f
${places.flatMap(linesOf).join('\n')}
`
}

function linesOf({ path, verbs, values, options }: Place): readonly string[] {
  const children = verbs.map((it) => it.text)
  const condition = conditionOf(path, children)
  const words = [...verbs, ...values.map((text): Word => ({ text, meaning: '' }))]
  return [
    ...words.map(({ text, meaning }) => `complete -c bookstore -n '${condition}' -a '${text}' -d '${quoted(meaning)}'`),
    ...options.map(
      (option) => `complete -c bookstore -n '${condition}' ${flag(option)} -d '${quoted(option.meaning)}'`,
    ),
  ]
}

function conditionOf(path: string, children: readonly string[]): string {
  if (path === '') return '__fish_use_subcommand'
  const seen = path.split(' ').map((verb) => `__fish_seen_subcommand_from ${verb}`)
  const none = children.length > 0 ? [`not __fish_seen_subcommand_from ${children.join(' ')}`] : []
  return [...seen, ...none].join('; and ')
}

function flag({ text, takesValue, values }: Option): string {
  const name = text.startsWith('--') ? `-l ${text.slice(2)}` : `-s ${text.slice(1)}`
  if (!takesValue) return name
  return values.length > 0 ? `${name} -x -a '${values.join(' ')}'` : `${name} -r -F`
}

function quoted(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")
}
