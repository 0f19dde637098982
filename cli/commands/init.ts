import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import type { Invocation, Outcome, Verb } from '../verb.ts'

interface Options {
  name?: string
  force?: boolean
}

export const init: Verb = {
  name: 'init',
  summary: 'write a bookstore.yaml to start from',
  declare(command) {
    command
      .argument('[domain]', 'domain of the shop')
      .option('--name <text>', 'what the shop is called')
      .option('--force', 'overwrite a configuration that is there')
  },
  run: (invocation) => write(invocation as Invocation<Options>),
}

async function write(invocation: Invocation<Options>): Promise<Outcome> {
  const [{ resolve }, { access }, { writeFileAtomic }, { starter }] = await Promise.all([
    import('node:path'),
    import('node:fs/promises'),
    import('../../provisioners/engine/files.ts'),
    import('../config/starter.ts'),
  ])
  const { options, cwd } = invocation
  const file = options.config ?? 'bookstore.yaml'
  const path = resolve(cwd, file)
  const there = await access(path).then(
    () => true,
    () => false,
  )
  if (there && !options.force && !options.yes) throw alreadyThere(file)
  const { domain, name } = await answers(invocation)
  await writeFileAtomic(path, starter(domain, name))
  const suffix = file === 'bookstore.yaml' ? '' : ` --config ${file}`
  return {
    status: exit.done,
    result: { file: path, domain, name },
    text: `Wrote ${file} for ${domain}.`,
    next: [`bookstore plan${suffix}`, `bookstore up${suffix}`],
  }
}

async function answers(invocation: Invocation<Options>): Promise<{ domain: string; name: string }> {
  const [{ asciiDomain }, { defaultDomain, defaultShop }] = await Promise.all([
    import('../config/domain.ts'),
    import('../config/defaults.ts'),
  ])
  const { args, options } = invocation
  const wrongDomain = (it: string) =>
    asciiDomain(it) ? undefined : `'${it}' is no domain name; one is like proyecto2.online.`
  const wrongName = (it: string) => (isName(it) ? undefined : 'A name is one line of 1 to 60 characters.')
  const domain = await answer(invocation, args[0], 'Which domain is the shop for?', defaultDomain, wrongDomain)
  const name = await answer(invocation, options.name, 'What is the shop called?', defaultShop.name, wrongName)
  return { domain, name: name.trim() }
}

/** What was given on the command line, else what a person says, else the default. */
async function answer(
  { interactive, options, ask }: Invocation<Options>,
  given: string | undefined,
  message: string,
  initial: string,
  check: (value: string) => string | undefined,
): Promise<string> {
  if (given === undefined) return interactive && !options.yes ? ask({ message, initial, check }) : initial
  const wrong = check(given)
  if (wrong === undefined) return given
  throw new BookstoreError(wrong, {
    code: 'invalid-argument',
    fault: 'user',
    status: exit.usage,
    hint: 'See: bookstore init --help',
  })
}

function isName(text: string): boolean {
  const { length } = text.trim()
  return length >= 1 && length <= 60 && !/\p{Cc}/u.test(text)
}

function alreadyThere(file: string): BookstoreError {
  return new BookstoreError(`${file} is there already, and was left as it is.`, {
    code: 'file-exists',
    fault: 'user',
    hint: 'To overwrite it: bookstore init --force',
    details: { file },
  })
}
