import { describe, expect, test } from 'vitest'
import { systemClock } from '../../provisioners/engine/clock.ts'
import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import { interrupted } from '../../provisioners/engine/interrupted.ts'
import { FakeTerminal } from '../testing/fake-terminal.ts'
import type { Invocation, Verb } from '../verb.ts'
import { run } from './run.ts'

const seen: Invocation[] = []
const keep = async (invocation: Invocation) => {
  seen.push(invocation)
  return { status: exit.done, result: { answer: 42 }, text: 'some data', next: ['bookstore status', 'bookstore down'] }
}
const verb = (name: string, rest: Partial<Verb> = {}): Verb => ({ name, summary: `do ${name}`, run: keep, ...rest })

const verbs: readonly Verb[] = [
  verb('status'),
  verb('smoke', { declare: (it) => void it.option('--url <url>', 'where').option('--read-only', 'buy nothing') }),
  verb('completion', { declare: (it) => void it.addArgument(it.createArgument('<shell>').choices(['bash', 'zsh'])) }),
  {
    name: 'db',
    summary: 'databases',
    children: [verb('backup', { declare: (it) => void it.argument('[file]') }), verb('shell')],
  },
  verb('fails', {
    run: async () => {
      throw new BookstoreError('The port is taken.', {
        code: 'port-taken',
        fault: 'user',
        hint: 'Free it.',
        details: { port: 1 },
      })
    },
  }),
  verb('breaks', { run: () => Promise.reject(new TypeError('x is not a function')) }),
  verb('changes', { run: async () => ({ status: exit.changes, result: { verb: 'mine', ok: 'mine' } }) }),
  verb('configured', {
    run: async (it) => {
      await it.site()
      return { status: exit.done, result: {} }
    },
  }),
  verb('asks', {
    run: async (it) => {
      await it.confirm('Remove all data?')
      return { status: exit.done, result: {} }
    },
  }),
]

async function bookstore(
  line: string,
  { terminal = new FakeTerminal(), stop = new AbortController(), home = '/nowhere' } = {},
) {
  const argv = line.split(' ').filter((word) => word !== '')
  seen.length = 0
  const world = {
    terminal,
    clock: systemClock,
    signal: stop.signal,
    cwd: '/nowhere',
    home,
    environment: {},
    handOver: async () => 0,
  }
  const status = await run(argv, verbs, world)
  return { status, out: terminal.stdout, err: terminal.stderr, result: () => JSON.parse(terminal.lines().at(-1) ?? '') }
}

describe('options', () => {
  test.each([
    '--json --yes -v --config a.yaml --env e --target local status',
    'status --json --yes -v --config a.yaml --env e --target local',
    '--json status --config=a.yaml --env=e -y --target=local --verbose',
  ])('are read before and after the verb: %s', async (line) => {
    expect((await bookstore(line)).status).toBe(0)
    expect(seen[0]?.options).toMatchObject({
      json: true,
      yes: true,
      verbose: true,
      quiet: false,
      config: 'a.yaml',
      env: 'e',
      target: 'local',
    })
  })

  test('of all and of the verb may be mixed, also below a verb with children', async () => {
    await bookstore('smoke --url https://a.test --json --read-only')
    expect(seen[0]?.options).toMatchObject({ url: 'https://a.test', readOnly: true, json: true })
    await bookstore('db --json backup one.tar -y')
    expect(seen[0]).toMatchObject({ args: ['one.tar'], options: { json: true, yes: true } })
  })

  test('are off when they are not given', async () => {
    await bookstore('status')
    expect(seen[0]?.options).toEqual({ json: false, yes: false, quiet: false, verbose: false })
  })
})

describe('help', () => {
  test.each(['', '--help', '-h', 'help', 'status --help', 'help db', 'db backup --help'])(
    '"%s" goes to stdout',
    async (line) => {
      const { status, out, err } = await bookstore(line)
      expect([status, err]).toEqual([0, ''])
      expect(out).toContain('Usage: bookstore')
      expect(seen).toEqual([])
    },
  )

  test('of bookstore names the verbs there are, in 80 columns', async () => {
    const { out } = await bookstore('--help')
    for (const { name } of verbs) expect(out).toContain(`  ${name} `)
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80)
  })

  test('of a verb shows the options of all as well', async () => {
    const { out } = await bookstore('smoke --help')
    expect(out).toContain('--read-only')
    expect(out).toContain('--json')
  })

  test('--version prints it', async () => {
    expect((await bookstore('--version')).out).toMatch(/^\d+\.\d+\.\d+\n$/)
  })
})

describe('wrong usage', () => {
  test.each([
    ['statsu', 'unknown-verb', 'Did you mean status?'],
    ['deploy', 'unknown-verb', 'bookstore --help'],
    ['status --jsn', 'unknown-option', 'Did you mean --json?'],
    ['--jsn', 'unknown-option', 'Did you mean --json?'],
    ['smoke --rl=x', 'unknown-option', 'Did you mean --url?'],
    ['smoke --url', 'option-missing-argument', 'bookstore smoke --help'],
    ['status now', 'excess-argument', 'bookstore status --help'],
    ['completion', 'missing-argument', 'bookstore completion --help'],
    ['completion tcsh', 'invalid-argument', 'bookstore completion --help'],
    ['db', 'missing-verb', 'bookstore db --help'],
    ['db backpu', 'unknown-verb', 'Did you mean backup?'],
    ['status --target mars', 'unknown-target', '--target local'],
    ['status -q -v', 'conflicting-option', 'bookstore'],
  ])('%s is 64, %s', async (line, code, hint) => {
    const plain = await bookstore(line)
    expect([plain.status, plain.out, seen.length]).toEqual([64, '', 0])
    expect(plain.err).toContain(hint)
    const json = await bookstore(`${line.includes('--url') ? line.replace('smoke', 'smoke --json') : `${line} --json`}`)
    expect(json.status).toBe(64)
    expect(json.err).toBe('')
    expect(json.result()).toMatchObject({ type: 'result', ok: false, exit: 64, error: { code, fault: 'user' } })
  })

  test('each target there is is taken', async () => {
    for (const target of ['local', 'vm', 'aws']) {
      expect((await bookstore(`status --target ${target}`)).status, target).toBe(0)
    }
  })

  test('--json behind -- is no option', async () => {
    expect((await bookstore('nope -- --json')).out).toBe('')
  })
})

describe('what a verb leaves behind', () => {
  test('data goes to stdout, what to type next to stderr', async () => {
    const { status, out, err } = await bookstore('status')
    expect([status, out]).toEqual([0, 'some data\n'])
    expect(err).toBe('  next   bookstore status · bookstore down\n')
  })

  test('--quiet leaves the data alone', async () => {
    const { out, err } = await bookstore('status --quiet')
    expect([out, err]).toEqual(['some data\n', ''])
  })

  test('--json ends with one result', async () => {
    const { out, err, result } = await bookstore('status --json')
    expect(err).toBe('')
    expect(out.trimEnd().split('\n')).toHaveLength(1)
    expect(result()).toEqual({ type: 'result', ok: true, verb: 'status', exit: 0, answer: 42 })
  })

  test('a verb cannot overwrite the frame of its result; changes are no failure', async () => {
    const { status, result } = await bookstore('changes --json')
    expect(status).toBe(2)
    expect(result()).toEqual({ type: 'result', ok: true, verb: 'changes', exit: 2 })
  })
})

describe('errors', () => {
  test('say what happened and what to do next, without a stack', async () => {
    const { status, out, err } = await bookstore('fails')
    expect([status, out]).toEqual([1, ''])
    expect(err).toBe('\n  ✖ The port is taken.\n    Free it.\n\n')
  })

  test('are data with --json', async () => {
    const { result } = await bookstore('fails --json')
    expect(result()).toEqual({
      type: 'result',
      ok: false,
      verb: 'fails',
      exit: 1,
      error: {
        code: 'port-taken',
        message: 'The port is taken.',
        hint: 'Free it.',
        fault: 'user',
        details: { port: 1 },
      },
    })
  })

  test('of ours show their stack with -v only', async () => {
    expect((await bookstore('breaks')).err).not.toContain('run.test.ts')
    const { err, status } = await bookstore('breaks -v')
    expect(err).toContain('run.test.ts')
    expect(err).toContain('caused by: TypeError')
    expect(status).toBe(1)
  })

  test('a missing configuration is 78', async () => {
    const { status, err } = await bookstore('configured --config nothing.yaml')
    expect(status).toBe(78)
    expect(err).toContain('There is no file nothing.yaml')
  })

  test('a question that nobody can answer names the way on; --yes answers it', async () => {
    const { status, result } = await bookstore('asks --json')
    expect([status, result().error.code]).toEqual([1, 'confirmation-needed'])
    expect(result().error.hint).toContain('--yes')
    expect((await bookstore('asks --yes')).status).toBe(0)
  })
})

describe('an abort', () => {
  test('is 130, whatever the verb makes of it', async () => {
    const stop = new AbortController()
    stop.abort(interrupted())
    const { status, err } = await bookstore('status', { stop })
    expect(status).toBe(130)
    expect(err).toContain('Interrupted. What is done stays.')
  })

  test('because nobody reads our output is silent', async () => {
    const stop = new AbortController()
    stop.abort(new BookstoreError('closed', { code: 'output-closed', fault: 'user', status: exit.done }))
    const { status, err } = await bookstore('breaks', { stop })
    expect([status, err]).toEqual([0, ''])
  })
})
