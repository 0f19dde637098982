import { DescribeKeyPairsCommand } from '@aws-sdk/client-ec2'
import { errorAnswer } from '../front/errors.ts'
import type { World } from '../world.ts'
import { isDryRun, type Rule, text } from './rule.ts'

/** Names of key pairs are unique in a region, and a launch must name one that is there. */
const keyPairs: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ImportKeyPair.html',
  async before(call, world) {
    if (call.service !== 'ec2' || !['ImportKeyPair', 'RunInstances'].includes(call.action)) return undefined
    const name = text(call, 'KeyName')
    const there = name !== '' && (await keyNames(world)).includes(name)
    if (call.action === 'ImportKeyPair' && there)
      return errorAnswer(call, 'InvalidKeyPair.Duplicate', `The keypair '${name}' already exists.`)
    return call.action === 'RunInstances' && name !== '' && !there
      ? errorAnswer(call, 'InvalidKeyPair.NotFound', `The key pair '${name}' does not exist`)
      : undefined
  },
}

async function keyNames({ core }: World): Promise<Array<string | undefined>> {
  return ((await core.ec2.send(new DescribeKeyPairsCommand({}))).KeyPairs ?? []).map(({ KeyName }) => KeyName)
}

/** All checks, and no effect. */
const dryRun: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/CommonParameters.html',
  before(call) {
    if (call.service !== 'ec2' || !isDryRun(call)) return undefined
    return errorAnswer(call, 'DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412)
  },
}

export const strict: readonly Rule[] = [keyPairs]
/** The last of all, since it is what comes of a call that nothing else refuses. */
export const lastOfAll: readonly Rule[] = [dryRun]
