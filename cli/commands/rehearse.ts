import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import { packageRoot } from '../../provisioners/engine/root.ts'
import type { Verb } from '../verb.ts'

export const rehearse: Verb = {
  name: 'rehearse',
  summary: 'up, deploy and down at an AWS in a lab on this Linux box, for nothing',
  explainsSite: true,
  declare(command) {
    command.option('--faults', 'on a bad day: calls are throttled, fail, and lose their answers')
  },
  async run(invocation) {
    const { domain, target } = await invocation.site()
    if (target !== 'aws') throw notAws(target)
    const root = packageRoot()
    if (!existsSync(join(root, 'tests/lab/play/main.ts'))) throw noLab()
    const { config, faults } = invocation.options as { config?: string; faults?: boolean }
    const from = ['--from', resolve(invocation.cwd, config ?? 'bookstore.yaml')]
    const options = ['--domain', domain, ...from, ...(faults ? ['--faults'] : [])]
    const program = [join(root, 'node_modules/.bin/tsx'), join(root, 'tests/lab/play/main.ts')]
    const code = await invocation.handOver([...program, 'rehearse', ...options])
    return { status: code === 0 ? exit.done : exit.failed, result: { code } }
  },
}

function notAws(target: string): BookstoreError {
  return new BookstoreError(`The target is ${target}, and only a shop at AWS is rehearsed.`, {
    code: 'usage',
    fault: 'user',
    hint: 'Say target: aws in the configuration, or pass --target aws.',
    status: exit.usage,
  })
}

function noLab(): BookstoreError {
  return new BookstoreError('This installation of bookstore has no lab, in which a rehearsal takes place.', {
    code: 'no-lab',
    fault: 'user',
    hint: 'Run it from a checkout of the repository, after npm ci.',
  })
}
