import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Need, type PolicyDocument, policyFor } from '../../provisioners/aws/policy/policy.ts'
import { rules } from '../../provisioners/aws/policy/rules.ts'
import { pythonPackages } from '../lab/aws/core/packages.ts'
import { inCloud } from '../lab/aws/in-cloud.ts'
import { run } from '../lab/box/run.ts'
import { Shop } from './shop.ts'

/** That a policy grants what its verb really does: every call that reaches the account has its rule, and its grant. */
describe('the policies of a shop at AWS', { sequential: true, shuffle: false }, () => {
  let shop: Shop
  const at = inCloud()
  beforeAll(async () => {
    shop = await Shop.open(at.cloud, { alerts: 'ana@proyecto2.test', vpc: 'dedicated', image: 'ubuntu-24.04' })
  })
  afterAll(() => shop?.close())

  const made = async (work: () => Promise<unknown>): Promise<string[]> => {
    const before = at.cloud.calls().length
    await work()
    const operations = at.cloud
      .calls()
      .slice(before)
      // The front names this one as its right is named.
      .map(({ service, action }) => `${service}:${action}`.replace('BucketPublicAccess', 'PublicAccess'))
    return [...new Set(operations)].sort()
  }

  const policy = async (...needs: Need[]) => policyFor(shop.site, await shop.blueprint(), needs)

  const missing = ({ Statement }: PolicyDocument, operations: readonly string[]) => {
    const granted = new Set(Statement.flatMap(({ Action }) => Action))
    const names = { partition: 'aws', region: 'r', account: 'a', stack: 's', bucket: 'b', role: 'o', topic: 't' }
    return operations.filter((operation) => {
      const rule = rules[operation as keyof typeof rules] as (typeof rules)['ec2:RunInstances'] | undefined
      const grants = rule?.({ ...names, domains: [], hostedZone: undefined })
      return !grants?.flatMap(({ actions }) => actions).every((action) => granted.has(action))
    })
  }

  it('grant what up does, and up needs more than to read', async () => {
    const document = await policy('read', 'make')
    const operations = await made(() => shop.up())
    expect(operations.length).toBeGreaterThan(30)
    expect(missing(document, operations)).toEqual([])
    expect(missing(await policy('read'), operations)).toContain('ec2:RunInstances')
  })

  it('grant what plan does with reads alone', async () => {
    const operations = await made(() => shop.plan())
    expect(operations.length).toBeGreaterThan(10)
    expect(missing(await policy('read'), operations)).toEqual([])
  })

  it('grant what down does, and down makes nothing', async () => {
    const operations = await made(() => shop.down())
    expect(operations).toContain('ec2:TerminateInstances')
    expect(missing(await policy('read', 'remove'), operations)).toEqual([])
  })

  it('have nothing that a linter objects to', async () => {
    const packages = await pythonPackages('parliament')
    const document = JSON.stringify(await policy('read', 'examine', 'make', 'remove'), undefined, 1)
    const script = `import json, sys
from parliament import analyze_policy_string
found = analyze_policy_string(sys.stdin.read()).findings
print(json.dumps([[each.issue, each.detail] for each in found], default=str))`
    const argv = ['env', 'PYTHONPATH='.concat(packages), 'python3', '-c', script]
    const findings = JSON.parse((await run(argv, { input: document })).stdout) as [string, unknown][]
    /*
     * Each of these two actions is granted on things of ours under a condition, and on what is not ours (an image, a network)
     * in a statement of its own, in which the linter misses the types of the first. AWS writes them so:
     * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ExamplePolicies_EC2.html#iam-example-runinstances
     */
    const split = (detail: unknown) =>
      [detail].flat().every((each) => {
        const { action } = each as { action?: string }
        return action === 'ec2:RunInstances' || action === 'ec2:CreateSecurityGroup'
      })
    expect(findings.filter(([issue, detail]) => issue !== 'RESOURCE_MISMATCH' || !split(detail))).toEqual([])
    expect(findings.length).toBe(2)
  })
})
