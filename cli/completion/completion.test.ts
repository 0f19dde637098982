import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { createCompletion } from '../commands/completion.ts'
import { fakeInvocation } from '../testing/fake-invocation.ts'
import type { Verb } from '../verb.ts'
import { scripts } from './scripts.ts'
import { vocabulary } from './vocabulary.ts'

const run = promisify(execFile)
const nothing = async () => ({ status: 0, result: {} }) as const
const verbs: readonly Verb[] = [
  { name: 'status', summary: "the shop's state", run: nothing },
  {
    name: 'smoke',
    summary: 'buy a book: really',
    declare: (it) => void it.option('-u, --url <url>', "the shop's address"),
    run: nothing,
  },
  {
    name: 'db',
    summary: 'databases',
    children: [
      { name: 'backup', summary: 'save', run: nothing },
      { name: 'shell', summary: 'psql', run: nothing },
    ],
  },
  createCompletion(() => verbs),
]
const places = vocabulary(verbs)

/** What bash offers after these words; the last one is being typed. */
async function offered(line: string): Promise<readonly string[]> {
  const words = line.split(' ')
  const quoted = words.map((word) => `'${word}'`).join(' ')
  const program = `${scripts.bash(places)}
COMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _bookstore; printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = await run('bash', ['--norc', '-c', program], { cwd: new URL('.', import.meta.url) })
  return stdout.split('\n').filter((it) => it !== '')
}

describe('bash', () => {
  test.each([
    ['bookstore st', ['status']],
    ['bookstore s', ['status', 'smoke']],
    ['bookstore db ', ['backup', 'shell']],
    ['bookstore db b', ['backup']],
    ['bookstore --json --env prod db sh', ['shell']],
    ['bookstore smoke --u', ['--url']],
    ['bookstore status --js', ['--json']],
    ['bookstore completion f', ['fish']],
    ['bookstore --target ', ['local', 'vm', 'aws']],
    ['bookstore --config fi', ['fish.ts']],
    ['bookstore nothing-like-it', []],
  ])('%s', async (line, expected) => {
    const found = await offered(line)
    expect(found.filter((it) => line.endsWith('-') || line.includes(' -') || !it.startsWith('-'))).toEqual(expected)
  })
})

test('the scripts for zsh and fish name every verb and option, with quotes kept whole', () => {
  for (const shell of ['zsh', 'fish'] as const) {
    const script = scripts[shell](places)
    for (const word of ['status', 'smoke', 'backup', 'shell', 'completion', 'json', 'url', 'fish'])
      expect(script).toContain(word)
  }
  expect(scripts.zsh(places)).toContain("'smoke:buy a book: really'")
  expect(scripts.zsh(places)).toContain("'--url:the shop'\\''s address'")
  expect(scripts.fish(places)).toContain("-l url -r -F -d 'the shop\\'s address'")
  expect(scripts.fish(places)).toContain(
    "'__fish_seen_subcommand_from db; and not __fish_seen_subcommand_from backup shell' -a 'backup'",
  )
})

test('the verb prints the script that was asked for', async () => {
  const verb = verbs.at(-1)
  for (const shell of ['bash', 'zsh', 'fish'] as const) {
    const outcome = await verb?.run?.(fakeInvocation({ args: [shell] }))
    expect(outcome?.text).toBe(scripts[shell](places))
  }
})
