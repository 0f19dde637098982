import type { AwsBlueprint } from '../../blueprints/aws.ts'
import type { Site } from '../../site.ts'
import { bucketName } from '../bucket/bucket.ts'
import type { Operation } from '../clients.ts'
import { Parameters } from '../parameters.ts'
import type { AwsResource } from '../resource.ts'
import { roleName } from '../role/role.ts'
import { nameOf } from '../stack.ts'
import { doctorCalls } from '../verbs/doctor.ts'
import { type Conditions, type Grant, type Names, rules, zoneRules } from './rules.ts'

export interface Statement {
  Sid: string
  Effect: 'Allow'
  Action: readonly string[]
  Resource: readonly string[]
  Condition?: Conditions
}

export interface PolicyDocument {
  Version: '2012-10-17'
  Statement: readonly Statement[]
}

/**
 * What a verb does at AWS: look where our machine is, at all that is ours, or at what the account offers; make, change or
 * remove.
 */
export type Need = 'locate' | 'read' | 'examine' | 'make' | 'remove'

export const everyNeed: readonly Need[] = ['locate', 'read', 'examine', 'make', 'remove']

/** Verbs that ask AWS for something; all others are between the operator and the machine, once its address is known. */
export const needsOf: Readonly<Record<string, readonly Need[]>> = {
  plan: ['read'],
  up: ['read', 'make'],
  status: ['locate'],
  deploy: ['locate'],
  rollback: ['locate'],
  releases: ['locate'],
  maintenance: ['locate'],
  logs: ['locate'],
  ssh: ['locate'],
  db: ['locate'],
  cert: ['locate'],
  doctor: ['examine'],
  down: ['read', 'remove'],
}

/** Calls that verbs make beside those of the resources: who we are, the lease, what is left after `down`. */
const beside: Readonly<Record<Need, readonly Operation[]>> = {
  locate: ['sts:GetCallerIdentity', ...Parameters.calls.read, 'ec2:DescribeAddresses', 'ec2:DescribeInstances'],
  read: ['sts:GetCallerIdentity', ...Parameters.calls.read],
  examine: doctorCalls,
  make: [...Parameters.calls.write, ...Parameters.calls.remove],
  remove: [
    ...Parameters.calls.write,
    ...Parameters.calls.remove,
    'ec2:DescribeVolumes',
    'ec2:DescribeSnapshots',
    'ec2:DescribeNetworkInterfaces',
    'tagging:GetResources',
  ],
}

/**
 * The least that somebody needs who does this with the shop: from the calls that its resources declare, as narrow as each
 * action allows. Pure; the same shop gives the same document.
 */
export function policyFor(site: Site, blueprint: AwsBlueprint, needs: readonly Need[]): PolicyDocument {
  const names = namesOf(site, blueprint)
  const operations = new Set(needs.flatMap((need) => [...beside[need], ...blueprint.owned.flatMap(callsFor(need))]))
  return documentOf([
    ...[...operations].sort().flatMap((operation) => rules[operation](names)),
    ...(site.dns.provider === 'route53' ? zoneGrants(names, needs) : []),
  ])
}

/** What would allow one action of a call: of the call's own rights, or where all calls have it, of the action's. */
export function statementsFor(
  site: Site,
  blueprint: AwsBlueprint,
  operation: string,
  action: string,
): readonly Omit<Statement, 'Sid'>[] {
  const names = namesOf(site, blueprint)
  const grantsOf = (name: string) => (isOperation(name) ? rules[name](names) : [])
  const own = grantsOf(operation).filter(({ actions }) => actions.includes(action))
  const grants = own.length > 0 ? own : grantsOf(action)
  return documentOf(grants.map((grant) => ({ ...grant, actions: [action] }))).Statement.map(
    ({ Sid: _, ...rest }) => rest,
  )
}

const isOperation = (name: string): name is Operation => Object.hasOwn(rules, name)

function zoneGrants(names: Names, needs: readonly Need[]): readonly Grant[] {
  const writes = needs.includes('make') || needs.includes('remove')
  if (writes) return zoneRules(names)
  return needs.includes('read') || needs.includes('examine') ? zoneRules(names).filter(isRead) : []
}

const callsFor =
  (need: Need) =>
  ({ calls }: AwsResource): readonly Operation[] => {
    if (need === 'read') return calls.read
    if (need === 'locate' || need === 'examine') return []
    return need === 'make' ? [...calls.create, ...calls.update] : calls.delete
  }

const isRead = ({ actions }: Grant) => !actions.includes('route53:ChangeResourceRecordSets')

function namesOf(site: Site, { stack }: AwsBlueprint): Names {
  return {
    partition: stack.partition,
    region: stack.aws.region,
    account: stack.account,
    stack: stack.name,
    bucket: bucketName(stack),
    role: roleName(stack),
    topic: nameOf(stack, 'alerts'),
    domains: [site.domain, ...site.aliases],
    hostedZone: site.dns.provider === 'route53' ? site.dns.hostedZone : undefined,
  }
}

/** Grants of the same resources under the same conditions become one statement. */
function documentOf(grants: readonly Grant[]): PolicyDocument {
  const groups = new Map<string, Grant>()
  for (const { actions, resources, when } of grants) {
    const key = JSON.stringify([resources, when])
    const before = groups.get(key)?.actions ?? []
    groups.set(key, { actions: [...new Set([...before, ...actions])].sort(), resources, ...(when ? { when } : {}) })
  }
  return {
    Version: '2012-10-17',
    Statement: [...groups.values()].map(({ actions, resources, when }, at) => ({
      Sid: sidOf(actions, at),
      Effect: 'Allow',
      Action: actions,
      Resource: resources,
      ...(when ? { Condition: when } : {}),
    })),
  }
}

/** Letters and digits only: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html */
function sidOf(actions: readonly string[], at: number): string {
  const [service = '', action = ''] = (actions[0] ?? '').split(':')
  return `${service[0]?.toUpperCase()}${service.slice(1)}${action}${at + 1}`
}
