import { readFile, writeFile } from 'node:fs/promises'
import type { Verdict } from './life.ts'
import { kinds } from './points.ts'
import type { Played, Recording } from './run.ts'
import type { Verb } from './stage.ts'

const verbs: readonly Verb[] = ['up', 'deploy', 'down']

export interface Findings {
  recording: Recording
  verdicts: readonly Verdict[]
  /** Lives of the whole matrix; those of a second look come on top. */
  planned: number
  played: readonly Played[]
  ms: number
}

/** Writes the page of the guide about it. */
export async function writeReport(findings: Findings, file: URL): Promise<void> {
  const found = await readFile(new URL('found.md', import.meta.url), 'utf8')
  await writeFile(file, page(findings, new Date().toISOString().slice(0, 10), found.trim()))
}

function page({ recording, verdicts, planned, played, ms }: Findings, day: string, found: string): string {
  const { plain, dedicated } = recording
  const bad = verdicts.filter(({ problems }) => problems.length > 0)
  const ends = verdicts.flatMap(({ endedIn }) => endedIn)
  const again = verdicts.reduce((sum, each) => sum + each.again.length, 0)
  const passing = verdicts.flatMap(({ struck }) => struck).filter(({ kind }) => isPassing(kind)).length
  const some = planned > verdicts.length
  const cut = some
    ? `**It was told to end early, so this is a part: ${verdicts.length} of ${planned} lives, in an order without a plan.**\n\n`
    : ''
  const calls = verbs.map((verb) => `\`${verb}\` ${plain[verb].length}`).join(', ')
  const wrong = played.filter(({ problems }) => problems.length > 0)
  return `# Killed at every call

Written by \`npm run matrix\` on ${day}: ${verdicts.length} lives of a shop at AWS, from an empty account to an empty account, in ${Math.ceil(ms / 60_000)} minutes on a
box with two cores. Why it is made as it is: [decision 21](decisions/0021-killed-at-every-step.md).

${cut}An undisturbed life is recorded first: ${calls} calls of AWS, and with \`vpc: dedicated\` ${dedicated.up.length}, ${dedicated.deploy.length} and ${dedicated.down.length}. Then each of these calls is met by everything
in the table, in the real program, against the lab's cloud without machines (\`up\` ends before the door of a machine that nobody boots; what follows there is
not killed here). Afterwards the verb is run again in a folder that has \`bookstore.yaml\` and nothing else. Then there must be one of
everything, nothing without our tags, and nothing left to do; and after \`down\` nothing at all.

How often each was done:

| | ${verbs.map((verb) => `\`${verb}\``).join(' | ')} |
| --- | ${verbs.map(() => '---').join(' | ')} |
${kinds.map((kind) => `| ${kind} | ${verbs.map((verb) => countOf(verdicts, verb, kind)).join(' | ')} |`).join('\n')}

- Lives that did not end as they should: **${bad.length}** of ${verdicts.length}.
- After Ctrl-C the program ended within ${(Math.max(0, ...ends) / 1000).toFixed(1)} s at most, half of the times within ${(medianOf(ends) / 1000).toFixed(1)} s, while the call that was under way took four.
- Of ${passing} calls that were throttled, failed or lost their answer, ${again} made a second run necessary.

Between two operators, each case in an account of its own: ${played.length - wrong.length} of ${played.length} went as they should.

${played
  .toSorted((a, b) => (a.title < b.title ? -1 : 1))
  .map(({ title, problems }) => `- ${title}${problems.length > 0 ? `: **${problems.length} wrong**` : ''}`)
  .join('\n')}

## What it has found

All of it is mended.

${found}
`
}

const isPassing = (kind: string) => ['throttled', 'failing', 'answer lost'].includes(kind)

function countOf(verdicts: readonly Verdict[], verb: Verb, kind: string): number {
  return verdicts.flatMap(({ struck }) => struck).filter((each) => each.verb === verb && each.kind === kind).length
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0
}
