import { run as ansibleAws, table as ansibleAwsTable } from './ansible/aws.ts'
import { run as ansible, table as ansibleTable } from './ansible/run.ts'
import { run as search, table as searchTable } from './catalog/large.ts'
import { run as catalog, table as catalogTable } from './catalog/run.ts'
import { run as commandLine, type Row } from './cli/index.ts'
import { run as deploys, table as deploysTable } from './deploys/run.ts'
import { measureAndRecord } from './lighthouse/record.ts'
import { run as memory, table as memoryTable } from './memory/run.ts'
import { run as pages, table as pagesTable } from './pages/run.ts'

/**
 * `npm run bench [cli|catalog|search|pages|lighthouse ...]`: side by side with a peer where there is one, one after the
 * other. Those that need machines are run only when they are named.
 */
const benchmarks: Record<string, () => Promise<string>> = {
  cli: async () => rows(await commandLine()),
  catalog: async () => catalogTable(await catalog()),
  search: async () => searchTable(await search()),
  pages: async () => pagesTable(await pages()),
  lighthouse: measureAndRecord,
  ansible: async () => ansibleTable(await ansible()),
  'ansible-aws': async () => ansibleAwsTable(await ansibleAws()),
  deploys: async () => deploysTable(await deploys()),
  memory: async () => memoryTable(await memory()),
}
const onlyWhenNamed = ['ansible', 'ansible-aws', 'deploys', 'memory']

function rows(measured: readonly Row[]): string {
  const lines = measured.map(
    ({ name, medianMs, fastestMs, ratio, atMost }) =>
      `${name.padEnd(24)}${medianMs.toFixed(1).padStart(10)}${fastestMs.toFixed(1).padStart(10)}${ratio.toFixed(2).padStart(8)}${atMost === undefined ? '' : `  (at most ${atMost})`}`,
  )
  return [`${''.padEnd(24)} median ms   fastest   ratio`, ...lines].join('\n')
}

const asked = process.argv.slice(2)
const unknown = asked.filter((name) => !(name in benchmarks))
if (unknown.length > 0) {
  process.stderr.write(
    `There is no benchmark ${unknown.join(', ')}. There are: ${Object.keys(benchmarks).join(', ')}.\n`,
  )
  process.exit(64)
}
for (const name of asked.length > 0 ? asked : Object.keys(benchmarks).filter((it) => !onlyWhenNamed.includes(it))) {
  process.stdout.write(`\n${name}\n${await benchmarks[name]?.()}\n`)
}
