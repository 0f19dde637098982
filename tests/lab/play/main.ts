import { parseArgs } from 'node:util'
import { missing } from '../missing.ts'
import { cloudUp } from './cloud.ts'
import { down } from './down.ts'
import { up } from './up.ts'

const usage = `npm run lab -- up [--domain shop.test] [--packages bare|prepared] [--memory 1024]
npm run lab -- aws [--domain shop.test] [--faults]
npm run lab -- down
`

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** The lab for a person: see docs/guide/the-lab.md. */
async function main(argv: string[]): Promise<number> {
  const text = { type: 'string' } as const
  const options = { domain: text, packages: text, memory: text, faults: { type: 'boolean' } } as const
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
  const { domain = 'shop.test', packages = 'bare', memory = '1024', faults = false } = values
  const verb = positionals.join(' ')
  const understood = ['up', 'aws', 'down'].includes(verb) && /^\d+$/.test(memory)
  if (!understood || (packages !== 'bare' && packages !== 'prepared')) {
    process.stderr.write(usage)
    return 64
  }
  const lacking = await missing()
  if (lacking) {
    process.stderr.write(`There can be no lab here: ${lacking}\n`)
    return 1
  }
  if (verb === 'down') await down(say)
  else if (verb === 'aws') await untilSignalled((signal) => cloudUp({ domain, faults }, say, signal))
  else await untilSignalled((signal) => up({ domain, packages, memoryMb: Number(memory) }, say, signal))
  return 0
}

/** A second Ctrl-C changes nothing: the removal that the first has begun is quick. */
async function untilSignalled(work: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort())
  try {
    await work(controller.signal)
  } catch (error) {
    if (!controller.signal.aborted) throw error
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  return 1
})
