import { exit } from '../../provisioners/engine/errors.ts'
import { generatedMark } from './mark.ts'

const meanings: Record<keyof typeof exit, string> = {
  done: 'Done; for `plan`: nothing to change.',
  failed: 'Failed. What was done stays; the same command goes on.',
  changes: '`plan`: there are changes.',
  doesNotHold: '`smoke`, `cert status`, `doctor`, `down`: it ran, and what it checks does not hold.',
  usage: 'Wrong usage: unknown verb, option or argument. The error names the nearest one.',
  busy: 'Somebody else holds the lease of this shop; the error says who and since when.',
  configuration: 'Wrong configuration: file, line, path of the field, what was found, what is expected.',
  interrupted: 'Interrupted: stopped between two steps. What is done stays; run it again to go on.',
}

export function exitCodesPage(): string {
  const rows = Object.entries(exit).map(([name, status]) => `| ${status} | ${meanings[name as keyof typeof exit]} |`)
  return `# Exit statuses

${generatedMark}

| status | meaning |
|---|---|
${rows.join('\n')}

With \`--json\` the last line holds it as \`exit\`. Statuses above 63 are those of sysexits(3); 130 is 128 and SIGINT.
`
}
