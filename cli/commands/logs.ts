import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

/** Most names fit: 'supervisor', 'payments-1'. */
const nameWidth = 10

export const logs: Verb = {
  name: 'logs',
  summary: 'show what the processes say, merged by time',
  declare(command) {
    command.argument('[process]', 'a process (catalog-1), a service (catalog), nginx, requests or postgres')
    command.option('-f, --follow', 'go on as more is written, until interrupted')
    command.option('-n, --lines <number>', 'how many lines to begin with', '50')
  },
  async run(invocation) {
    const { args, options, write } = invocation
    const count = lineCount(options.lines)
    const [{ targetOf }, { formatLogLine }, { contextOf }] = await Promise.all([
      import('../../provisioners/targets/index.ts'),
      import('../../provisioners/local/log-lines.ts'),
      import('../frame/context.ts'),
    ])
    const request = { process: args[0], count, follow: options.follow === true }
    const target = await targetOf(await invocation.site(), invocation)
    let lines = 0
    await target.logs(request, contextOf(invocation), (line) => {
      lines++
      write(
        `${options.json ? JSON.stringify({ type: 'log', ...line, time: new Date(line.time).toISOString() }) : formatLogLine(line, nameWidth)}\n`,
      )
    })
    return { status: exit.done, result: { lines } }
  },
}

function lineCount(text: unknown): number {
  const count = Number(text)
  if (Number.isInteger(count) && count >= 0) return count
  throw new BookstoreError(`--lines wants a whole number, not '${String(text)}'.`, {
    code: 'wrong-number',
    fault: 'user',
    status: exit.usage,
    hint: 'For instance: bookstore logs -n 200',
  })
}
