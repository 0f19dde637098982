import { valueFlags } from './bash.ts'
import type { Place, Word } from './vocabulary.ts'

export function zsh(places: readonly Place[]): string {
  return `#compdef bookstore
# Completion of bookstore for zsh. Load it with: source <(bookstore completion zsh)
_bookstore() {
  local place= word skip=
  local -a verbs options
  for word in "\${(@)words[2,CURRENT-1]}"; do
    if [[ -n $skip ]]; then skip=; continue; fi
    case "$word" in
      ${valueFlags(places).join('|')}) skip=1; continue ;;
      -*) continue ;;
    esac
    case "$place $word" in
${places
  .filter(({ path }) => path !== '')
  .map(({ path }) => `      '${path.includes(' ') ? path : ` ${path}`}') place='${path}' ;;`)
  .join('\n')}
    esac
  done
  if [[ -n $skip ]]; then _files; return; fi
  case "$place" in
${places.map(wordsAt).join('\n')}
  esac
  (( $#verbs )) && _describe 'verb' verbs
  _describe 'option' options
}
compdef _bookstore bookstore
`
}

function wordsAt({ path, verbs, values, options }: Place): string {
  const first = [...verbs, ...values.map((text) => ({ text, meaning: '' }))]
  return `    '${path}') verbs=(${first.map(entry).join(' ')}); options=(${options.map(entry).join(' ')}) ;;`
}

function entry({ text, meaning }: Word): string {
  return `'${text.replaceAll(':', '\\:')}${meaning === '' ? '' : `:${meaning.replaceAll("'", "'\\''")}`}'`
}
