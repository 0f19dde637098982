import { expect, it } from 'vitest'
import { testSite } from '../../../tests/local/harness.ts'
import { awsBlueprint } from '../../blueprints/aws.ts'
import { createProvider } from '../../dns/create-provider.ts'
import type { AwsSettings, Site } from '../../site.ts'
import { connectAws } from '../clients.ts'
import { type Need, type PolicyDocument, policyFor } from './policy.ts'

const aws: AwsSettings = {
  region: 'eu-central-1',
  instanceType: 't3.small',
  image: 'ubuntu-24.04',
  architecture: 'x64',
  vpc: 'dedicated',
  volumeGb: 8,
  operators: ['0.0.0.0/0'],
  instances: undefined,
}

async function policy(needs: readonly Need[], change: Partial<Site> = {}): Promise<PolicyDocument> {
  const site: Site = {
    ...(await testSite({}, '/nowhere')),
    ...{ name: 'shop', domain: 'proyecto2.test', aliases: ['www.proyecto2.test'], target: 'aws', aws },
    ...change,
  }
  const stack = { aws: connectAws({ region: aws.region, environment: {} }), name: 'shop' }
  const provider = await createProvider({ provider: 'manual' }, {})
  return policyFor(site, awsBlueprint(site, { ...stack, account: '123456789012', partition: 'aws' }, provider), needs)
}

const actionsOf = ({ Statement }: PolicyDocument) => new Set(Statement.flatMap(({ Action }) => Action))

it('lets a verb that reads change nothing', async () => {
  const actions = [...actionsOf(await policy(['read']))]
  expect(actions).toContain('ec2:DescribeInstances')
  expect(actions.filter((it) => !/:(Describe|Get|List)/.test(it))).toEqual([])
  const examined = [...actionsOf(await policy(['examine']))]
  expect(examined).toContain('servicequotas:GetServiceQuota')
  expect(examined.filter((it) => !/:(Describe|Get)/.test(it))).toEqual([])
})

it('lets a verb that is between operator and machine find it, and no more', async () => {
  expect([...actionsOf(await policy(['locate'], { dns: { provider: 'route53' } }))].sort()).toEqual([
    'ec2:DescribeAddresses',
    'ec2:DescribeInstances',
    'ssm:GetParametersByPath',
  ])
})

it('lets nothing go that is not ours, and lets nobody else have the role', async () => {
  const { Statement } = await policy(['read', 'make', 'remove'])
  const those = (action: string) => Statement.filter(({ Action }) => Action.includes(action))
  for (const action of ['ec2:TerminateInstances', 'ec2:DeleteSecurityGroup', 'ec2:ReleaseAddress', 'ec2:DeleteVpc']) {
    expect(those(action), action).not.toEqual([])
    for (const { Condition } of those(action)) {
      expect(Condition).toEqual({ StringEquals: { 'aws:ResourceTag/bookstore:stack': 'shop' } })
    }
  }
  expect(those('iam:PassRole')).toEqual([
    expect.objectContaining({
      Resource: ['arn:aws:iam::123456789012:role/bookstore-shop-eu-central-1'],
      Condition: { StringEquals: { 'iam:PassedToService': 'ec2.amazonaws.com' } },
    }),
  ])
})

it('has a star for what takes no resource, and nowhere else', async () => {
  const { Statement } = await policy(['read', 'make', 'remove'], { alerts: 'ana@proyecto2.test' })
  const starred = Statement.filter(({ Resource }) => Resource.includes('*')).flatMap(({ Action }) => Action)
  expect(starred.filter((it) => !/^ec2:Describe|^tag:GetResources$|^servicequotas:Get/.test(it))).toEqual([])
  for (const action of actionsOf({ Version: '2012-10-17', Statement })) expect(action).not.toContain('*')
})

it('opens the zone for our names alone, where Route 53 keeps it', async () => {
  const dns = { provider: 'route53', hostedZone: 'Z123' } as const
  const { Statement } = await policy(['read', 'make'], { dns })
  const records = Statement.find(({ Action }) => Action.includes('route53:ChangeResourceRecordSets'))
  expect(records).toMatchObject({
    Resource: ['arn:aws:route53:::hostedzone/Z123'],
    Condition: {
      'ForAllValues:StringEquals': {
        'route53:ChangeResourceRecordSetsNormalizedRecordNames': [
          'proyecto2.test',
          '_acme-challenge.proyecto2.test',
          'www.proyecto2.test',
          '_acme-challenge.www.proyecto2.test',
        ],
      },
    },
  })
  expect(actionsOf(await policy(['read'], { dns }))).not.toContain('route53:ChangeResourceRecordSets')
  expect([...actionsOf(await policy(['read', 'make']))].filter((it) => it.startsWith('route53:'))).toEqual([])
})

it('fits into a managed policy, and has identifiers of its own for all statements', async () => {
  const document = await policy(['read', 'make', 'remove'], { alerts: 'ana@proyecto2.test' })
  // 6,144 characters without white space: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
  expect(JSON.stringify(document).length).toBeLessThan(6_144)
  const ids = document.Statement.map(({ Sid }) => Sid)
  expect(new Set(ids).size).toBe(ids.length)
  for (const id of ids) expect(id).toMatch(/^[A-Za-z0-9]+$/)
})
