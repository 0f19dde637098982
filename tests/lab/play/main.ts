import { parseArgs } from 'node:util'
import { missing } from '../missing.ts'
import { cloudUp } from './cloud.ts'
import { down } from './down.ts'
import { rehearse } from './rehearse.ts'
import { up } from './up.ts'

const usage = `npm run lab -- up [--domain shop.test] [--packages bare|prepared] [--memory 1024]
npm run lab -- aws [--domain shop.test] [--faults]
npm run lab -- rehearse [--domain shop.test] [--from bookstore.yaml] [--faults]
npm run lab -- down
`

function say(line: string): void {
  process.stdout.write(`${line}\n`)
}

/** The lab for a person: see docs/guide/the-lab.md. */
async function main(argv: string[]): Promise<number> {
  const text = { type: 'string' } as const
  const options = { domain: text, packages: text, memory: text, faults: { type: 'boolean' }, from: text } as const
  const { values, positionals } = parseArgs({ args: argv, options, allowPositionals: true })
  const { domain = 'shop.test', packages = 'bare', memory = '1024', faults = false, from } = values
  const verb = positionals.join(' ')
  const understood = ['up', 'aws', 'rehearse', 'down'].includes(verb) && /^\d+$/.test(memory)
  if (!understood || (packages !== 'bare' && packages !== 'prepared')) {
    process.stderr.write(usage)
    return 64
  }
  const lacking = await missing()
  if (lacking) {
    process.stderr.write(`There can be no lab here: ${lacking}\n`)
    return 1
  }
  const cloud = { domain, faults, ...(from === undefined ? {} : { from }) }
  if (verb === 'rehearse') return (await untilSignalled((signal) => rehearse(cloud, say, signal))) ?? 130
  if (verb === 'down') await down(say)
  else if (verb === 'aws') await untilSignalled((signal) => cloudUp(cloud, say, signal))
  else await untilSignalled((signal) => up({ domain, packages, memoryMb: Number(memory) }, say, signal))
  return 0
}

/** A second Ctrl-C changes nothing: the removal that the first has begun is quick. */
async function untilSignalled<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T | undefined> {
  const controller = new AbortController()
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => controller.abort())
  try {
    return await work(controller.signal)
  } catch (error) {
    if (!controller.signal.aborted) throw error
    return undefined
  }
}

process.exitCode = await main(process.argv.slice(2)).catch((error: Error) => {
  process.stderr.write(`${error.message}\n`)
  return 1
})
