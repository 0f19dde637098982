import { createProgram } from '../../cli/frame/program.ts'
import type { Verb } from '../../cli/verb.ts'
import { generatedMark } from './mark.ts'

const output = `## What it prints

Standard output is data, standard error is talk. On a terminal progress is a live tree, elsewhere plain lines. \`NO_COLOR\`
turns colour off; a locale without UTF-8 gets ASCII.

With \`--json\` every line of standard output is one JSON object, and the last one is the result:

\`\`\`json
{"type":"result","ok":true,"verb":"up","exit":0,"url":"https://bookstore.localhost:8443"}
{"type":"result","ok":false,"verb":"up","exit":75,"error":{"code":"busy","message":"...","hint":"...","fault":"user","details":{}}}
\`\`\`

\`ok\` is true for the statuses 0 and 2. \`error.code\` is stable; \`error.fault\` is \`user\`, \`remote\` or \`bug\`. The lines before it
are events, with \`type\` one of these:

| type | fields |
|---|---|
| \`run-started\` | \`verb\`, \`subject\`, \`detail\` |
| \`planned\` | \`steps\`: \`address\`, \`label\`, \`action\` of each |
| \`step-started\` | \`address\`, \`label\`, \`action\` |
| \`step-progress\` | \`address\`, \`message\` |
| \`step-finished\` | \`address\`, \`label\`, \`action\`, \`detail\`, \`durationMs\` |
| \`step-failed\` | \`address\`, \`label\`, \`action\`, \`code\`, \`message\`, \`durationMs\` |
| \`step-skipped\` | \`address\`, \`label\`, \`because\` |
| \`retry\` | \`address\`, \`code\`, \`attempt\`, \`delayMs\` |
| \`waiting\` | \`for\`, \`forMs\` |
| \`check\` | \`name\`, \`ok\`, \`durationMs\`, \`message\`, \`hint\` |
| \`note\` | \`level\`, \`message\`, \`hint\` |

## The plan as data

The result of \`bookstore plan --json\` holds

- \`steps\`, in an order in which they could run one by one: \`address\`, \`label\`, \`action\` (\`create\`, \`update\`, \`replace\`,
  \`delete\`), \`changes\` (of an update: \`field\`, \`from\`, \`to\`), \`because\` (of a replacement), \`cost\` (\`downtime\`: \`none\`, \`brief\`,
  \`long\`; \`dataAtRisk\`; \`monthly\` in US dollars) and \`dependsOn\`;
- \`followers\`, which are as they should be and are looked at again after the steps that they depend on: \`address\`, \`label\`,
  \`dependsOn\`;
- \`totals\`: the number of steps by action, \`downtime\`, \`dataAtRisk\` and \`monthly\` of all together; where it is billed for and
  all prices are known also \`monthlyBefore\` and \`monthlyAfter\`: what stands, and what stands afterwards.

The same world gives the same plan, byte for byte.
`

/** The help of every verb, as it is printed. */
export function commandLinePage(verbs: readonly Verb[]): string {
  const program = createProgram(verbs, () => {})
  const start = `# The command line\n\n${generatedMark}\n\n${block(program.helpInformation())}`
  const sections = verbs.flatMap((verb) => sectionsOf(program, verb, []))
  return [start, '## Verbs', ...sections, output].join('\n\n')
}

type Parent = ReturnType<typeof createProgram>['commands'][number]

function sectionsOf(parent: Parent, verb: Verb, above: readonly string[]): readonly string[] {
  const command = parent.commands.find((it) => it.name() === verb.name)
  if (!command) return []
  const path = [...above, verb.name]
  command.configureHelp({ showGlobalOptions: false, helpWidth: 80 })
  const own = `### ${path.join(' ')}\n\n${block(command.helpInformation())}`
  return [own, ...(verb.children ?? []).flatMap((child) => sectionsOf(command, child, path))]
}

function block(text: string): string {
  return `\`\`\`text\n${text.trimEnd()}\n\`\`\``
}
