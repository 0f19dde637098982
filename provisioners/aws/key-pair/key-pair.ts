import { changeOf, differs } from '../../engine/define.ts'
import type { Change } from '../../engine/resource.ts'
import { type AwsResource, awsResource, type Seen } from '../resource.ts'
import type { SshKey } from '../ssh-key/ssh-key.ts'
import { type AwsStack, foreign, nameOf, ownership, tagsOf } from '../stack.ts'

export interface KeyPair {
  id: string
  publicKey: string
  tagged: boolean
}

const address = 'aws.key-pair/machine'

/** What EC2 puts into a machine at its first boot, so that we are let in. */
export function keyPair(stack: AwsStack, key: Seen<SshKey>): AwsResource<string | undefined, KeyPair> {
  const { aws } = stack
  const name = nameOf(stack)
  return awsResource<string | undefined, KeyPair>(aws, {
    address,
    label: 'key pair',
    dependsOn: [key.address],
    calls: {
      read: ['ec2:DescribeKeyPairs'],
      create: ['ec2:ImportKeyPair', 'ec2:CreateTags'],
      update: ['ec2:CreateTags'],
      delete: ['ec2:DeleteKeyPair'],
    },
    duplicates: ['InvalidKeyPair.Duplicate'],
    desired: () => key.seen()?.publicKey,
    async read(ctx) {
      const Filters = [{ Name: 'key-name', Values: [name] }]
      const { KeyPairs = [] } = await aws.call('ec2:DescribeKeyPairs', { Filters, IncludePublicKey: true }, ctx)
      const found = KeyPairs.find(({ KeyName }) => KeyName === name)
      if (!found) return undefined
      const whose = ownership(stack, address, found.Tags)
      if (whose === 'foreign') throw foreign('a key pair', name)
      return { id: found.KeyPairId ?? '', publicKey: found.PublicKey ?? '', tagged: whose === 'ours' }
    },
    diff: compareKeyPair,
    async create(publicKey, ctx) {
      const input = {
        KeyName: name,
        PublicKeyMaterial: Buffer.from(publicKey ?? ''),
        TagSpecifications: [{ ResourceType: 'key-pair' as const, Tags: tagsOf(stack, address) }],
      }
      const { KeyPairId = '' } = await aws.call('ec2:ImportKeyPair', input, ctx)
      return { id: KeyPairId, publicKey: publicKey ?? '', tagged: true }
    },
    async update(_, actual, ctx) {
      await aws.call('ec2:CreateTags', { Resources: [actual.id], Tags: tagsOf(stack, address) }, ctx)
      return { ...actual, tagged: true }
    },
    // What is gone already is no error: API_DeleteKeyPair.
    delete: async (_, ctx) => void (await aws.call('ec2:DeleteKeyPair', { KeyName: name }, ctx)),
  })
}

/** Pure. Comments do not count. */
export function compareKeyPair(wanted: string | undefined, actual: KeyPair): Change {
  const bare = (key: string) => key.trim().split(/\s+/).slice(0, 2).join(' ')
  const known = wanted !== undefined && actual.publicKey !== ''
  if (known && bare(wanted) !== bare(actual.publicKey)) {
    return { do: 'replace', because: ['it holds another key than the one that is kept with the shop'] }
  }
  return changeOf(differs('tags', actual.tagged ? 'complete' : 'incomplete', 'complete'))
}
