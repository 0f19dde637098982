import type { Context } from '../../engine/resource.ts'
import { Secret } from '../../engine/secret.ts'
import { makeSshKey } from '../../ssh/make-key.ts'
import { Parameters } from '../parameters.ts'
import { type AwsResource, awsResource } from '../resource.ts'
import { type AwsStack, nameOf } from '../stack.ts'

export interface SshKey {
  privateKey: Secret
  /** 'ssh-ed25519 AAAA... COMMENT' */
  publicKey: string
}

const parameter = 'ssh-key'

/** The key that every operator of the shop enters its machine with, kept with the stack. */
export function sshKey(stack: AwsStack, parameters: Parameters): AwsResource<unknown, SshKey> {
  const read = async (ctx: Context) => {
    const found = await parameters.get(parameter, ctx)
    return found === undefined ? undefined : parse(found.value)
  }
  return awsResource<unknown, SshKey>(stack.aws, {
    address: 'aws.parameter/ssh-key',
    label: 'SSH key',
    dependsOn: [],
    calls: { read: Parameters.calls.read, create: Parameters.calls.write, update: [], delete: Parameters.calls.remove },
    desired: () => ({}),
    read,
    diff: () => ({ do: 'nothing' }),
    async create(_, ctx) {
      const made = makeSshKey(nameOf(stack))
      await parameters.create(parameter, new Secret(JSON.stringify(made)), ctx)
      // Of two who do this at once, one has made it.
      return (await read(ctx)) as SshKey
    },
    update: async (_, actual) => actual,
    delete: (_, ctx) => parameters.remove([parameter], ctx),
  })
}

function parse(value: Secret): SshKey {
  const { privateKey, publicKey } = JSON.parse(value.reveal()) as { privateKey: string; publicKey: string }
  return { privateKey: new Secret(privateKey), publicKey }
}
