import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { packageRoot } from '../../provisioners/engine/root.ts'
import { openCloud } from '../lab/aws/cloud.ts'
import { doesWithout, isRefusalOf, type Passed, Rights, type Verb, verbs } from './rights.ts'

/**
 * `npm run policies`: runs every verb with exactly its policy, then once more for each action that is taken away, and
 * writes docs/policies.md. Takes some minutes.
 */
const references: Readonly<Record<string, string>> = {
  cloudwatch: 'amazoncloudwatch',
  ec2: 'amazonec2',
  iam: 'awsidentityandaccessmanagementiam',
  s3: 'amazons3',
  servicequotas: 'servicequotas',
  sns: 'amazonsns',
  ssm: 'awssystemsmanager',
  tag: 'amazonresourcegrouptaggingapi',
}

const about: Record<Verb, string> = {
  plan: 'looks at all that is ours',
  deploy: 'looks where the machine is; so do status, rollback, releases, maintenance, logs, ssh, db and cert',
  doctor: 'looks at what the account offers',
  up: 'from nothing',
  mend: 'up again, where the machine, its wall and its role were changed by hand and another type is wanted',
  down: 'all of it, without a backup',
}

interface Row {
  action: string
  verdicts: Partial<Record<Verb, string>>
}

async function main(): Promise<void> {
  const cloud = await openCloud()
  const rights = new Rights(cloud)
  const rows = new Map<string, Row>()
  const wrong: string[] = []
  try {
    for (const verb of verbs) {
      const passed = await rights.pass(verb)
      for (const action of passed.granted) {
        const verdict = await verdictOf(rights, verb, action, passed)
        if (verdict === undefined) wrong.push(`${verb} without ${action}`)
        const row = rows.get(action) ?? { action, verdicts: {} }
        row.verdicts[verb] = verdict ?? 'NOT REFUSED'
        rows.set(action, row)
      }
      process.stderr.write(`${verb}: ${passed.wanted.length} of ${passed.granted.length} actions are wanted\n`)
    }
  } finally {
    await rights.close()
    await cloud.close()
  }
  await writeFile(join(packageRoot(), 'docs/policies.md'), page([...rows.values()]))
  if (wrong.length > 0) throw new Error(wrong.join(', '))
}

async function verdictOf(rights: Rights, verb: Verb, action: string, { wanted }: Passed): Promise<string | undefined> {
  if (!wanted.includes(action)) return 'not asked'
  const error = await rights.without(verb, action)
  if (!isRefusalOf(error, action)) process.stderr.write(`${verb} without ${action}: ${String(error)}\n`)
  if (doesWithout.has(action) && error === undefined) return 'does without'
  return isRefusalOf(error, action) ? 'refused' : undefined
}

function page(rows: readonly Row[]): string {
  const sorted = rows.toSorted((a, b) => (a.action < b.action ? -1 : 1))
  const cells = sorted.map(({ action, verdicts }) => {
    const each = verbs.map((verb) => verdicts[verb] ?? '')
    return `| \`${action}\` | ${each.join(' | ')} |`
  })
  const proven = sorted.filter(({ verdicts }) => Object.values(verdicts).includes('refused'))
  const others = sorted.filter((row) => !proven.includes(row))
  return `# Policies, held to their word

Made by \`npm run policies\`. Every verb runs on the lab's AWS, which enforces exactly the document that \`bookstore policy VERB\` prints, as far as its
actions go (resources and conditions are not looked at there); then once more for each action, with all but that one. *refused*: it ends with
\`aws-denied\`, which names the action and has the statement that would allow it. *not asked*: the policy grants it, and this run had no use for it.
The shop has a network of its own and somebody to alert; the machine's inside asks AWS for nothing by these rights.

${verbs.map((verb) => `- **${verb}**: ${about[verb]}`).join('\n')}

| action | ${verbs.join(' | ')} |
|---|${verbs.map(() => '---|').join('')}
${cells.join('\n')}

${proven.length} of ${sorted.length} actions are proven to be needed by one verb at least. The others, and where AWS says what they are for:

${others.map(({ action }) => `- \`${action}\`: ${referenceOf(action)}`).join('\n')}

Where Route 53 keeps the zone, its four actions come on top (\`route53:ChangeResourceRecordSets\` and three reads; ${referenceOf('route53:')}):
not enforced here, their conditions are those of https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-conditions-route53.html
`
}

function referenceOf(action: string): string {
  const service = action.split(':')[0] ?? ''
  const name = references[service] ?? `amazon${service}`
  return `https://docs.aws.amazon.com/service-authorization/latest/reference/list_${name}.html`
}

await main()
