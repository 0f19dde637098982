import { BookstoreError } from '../../provisioners/engine/errors.ts'
import type { Renderer } from './renderer.ts'
import type { Terminal } from './terminal.ts'

/** Asks yes or no on the terminal; 'no' when it is cancelled. */
export async function askYesNo(question: string, terminal: Terminal, signal: AbortSignal): Promise<boolean> {
  const { confirm, isCancel } = await import('@clack/prompts')
  const { input, output } = terminal
  const answer = await confirm({ message: question, initialValue: false, input, output, signal, withGuide: false })
  signal.throwIfAborted()
  return !isCancel(answer) && answer
}

/** @throws BookstoreError 'declined' when it is cancelled. */
export async function askText(
  question: { message: string; initial: string; check: (value: string) => string | undefined },
  terminal: Terminal,
  signal: AbortSignal,
): Promise<string> {
  const { text, isCancel } = await import('@clack/prompts')
  const { input, output } = terminal
  const { message, initial, check } = question
  const validate = (value: string | undefined) => check(value || initial)
  const answer = await text({
    message,
    placeholder: initial,
    defaultValue: initial,
    validate,
    input,
    output,
    signal,
    withGuide: false,
  })
  signal.throwIfAborted()
  if (isCancel(answer)) throw declined()
  return answer
}

interface Asking {
  yes: boolean
  interactive: boolean
  terminal: Terminal
  renderer: Renderer
  signal: AbortSignal
}

/** @throws BookstoreError 'confirmation-needed' where nobody can answer, 'declined' after a no. */
export async function confirm(
  question: string,
  { yes, interactive, terminal, renderer, signal }: Asking,
): Promise<void> {
  if (yes) return
  if (!interactive) {
    throw new BookstoreError(`This needs a yes, and there is no terminal to ask on: ${question}`, {
      code: 'confirmation-needed',
      fault: 'user',
      hint: 'Run it again with --yes if that is what you want.',
    })
  }
  renderer.pause()
  const agreed = await askYesNo(question, terminal, signal)
  if (!agreed) throw declined()
  renderer.resume()
}

function declined(): BookstoreError {
  return new BookstoreError('Nothing was changed, as you wished.', { code: 'declined', fault: 'user' })
}
