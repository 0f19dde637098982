import { BookstoreError, exit } from '../../provisioners/engine/errors.ts'
import type { Verb } from '../verb.ts'

export const logs: Verb = {
  name: 'logs',
  summary: 'show what the processes say, merged by time',
  declare(command) {
    command.argument('[process]', 'a process (catalog-1), a service (catalog), nginx, requests or postgres')
    command.option('-f, --follow', 'go on as more is written, until interrupted')
    command.option('-n, --lines <number>', 'how many lines to begin with', '50')
  },
  async run({ args, options, site, clock, signal, write }) {
    const count = lineCount(options.lines)
    const { layoutOf } = await import('../../provisioners/local/layout.ts')
    const { logFiles, readLogs } = await import('../../provisioners/local/log-files.ts')
    const { formatLogLine } = await import('../../provisioners/local/log-lines.ts')
    const files = await logFiles(layoutOf(await site()).logs, args[0])
    const width = Math.max(0, ...files.map(({ process }) => process.length))
    let lines = 0
    await readLogs(files, { count, follow: options.follow === true, clock, signal }, (line) => {
      lines++
      write(
        `${options.json ? JSON.stringify({ type: 'log', ...line, time: new Date(line.time).toISOString() }) : formatLogLine(line, width)}\n`,
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
