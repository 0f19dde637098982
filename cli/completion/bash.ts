import type { Option, Place } from './vocabulary.ts'

/** Works from bash 3.2 (macOS) on, without the bash-completion package. */
export function bash(places: readonly Place[]): string {
  return `# Completion of bookstore for bash. Load it with: source <(bookstore completion bash)
_bookstore() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" place= word index skip=
  COMPREPLY=()
  for ((index = 1; index < COMP_CWORD; index++)); do
    word="\${COMP_WORDS[index]}"
    if [[ -n $skip ]]; then skip=; continue; fi
    case "$word" in
      ${valueFlags(places).join('|')}) skip=1; continue ;;
      -*) continue ;;
    esac
    case "$place $word" in
${places
  .filter(({ path }) => path !== '')
  .map(moveTo)
  .join('\n')}
    esac
  done
  case "$previous" in
${valueCases(places).join('\n')}
  esac
  case "$place" in
${places.map(wordsAt).join('\n')}
  esac
}
complete -F _bookstore bookstore
`
}

function moveTo({ path }: Place): string {
  const words = path.split(' ')
  const last = words.pop()
  return `      '${words.join(' ')} ${last}') place='${path}' ;;`
}

function wordsAt({ path, verbs, options, values }: Place): string {
  const words = [...verbs.map((it) => it.text), ...values, ...options.map((it) => it.text)]
  return `    '${path}') COMPREPLY=($(compgen -W '${words.join(' ')}' -- "$current")) ;;`
}

function valueOptions(places: readonly Place[]): ReadonlyMap<string, Option> {
  const taking = places.flatMap((place) => place.options).filter((option) => option.takesValue)
  return new Map(taking.map((option) => [option.text, option]))
}

export function valueFlags(places: readonly Place[]): readonly string[] {
  return [...valueOptions(places).keys()]
}

function valueCases(places: readonly Place[]): readonly string[] {
  return [...valueOptions(places).values()].map(({ text, values }) => {
    const generator = values.length > 0 ? `-W '${values.join(' ')}'` : '-f'
    return `    ${text}) COMPREPLY=($(compgen ${generator} -- "$current")); return ;;`
  })
}
