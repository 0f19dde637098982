import { isIP } from 'node:net'
import * as z from 'zod'
import { instances } from './fields.ts'

/** Enough for the shop, and the cheapest of its family: https://aws.amazon.com/ec2/instance-types/ */
export const smallestTypes = { x64: 't3.micro', arm64: 't4g.micro' } as const

/** A g behind the generation is for Graviton: https://docs.aws.amazon.com/ec2/latest/instancetypes/instance-type-names.html */
export function architectureOf(instanceType: string): 'x64' | 'arm64' {
  return /^(a1\.|[a-z]+\d+g)/.test(instanceType) ? 'arm64' : 'x64'
}

const images = ['ubuntu-22.04', 'ubuntu-24.04', 'ubuntu-26.04', 'debian-12', 'debian-13']

const network = z.string().refine((it) => isNetwork(it), 'a network, like 203.0.113.0/24')

/** The part of the configuration that is about a machine that is made at AWS. */
export const aws = z.strictObject({
  region: z
    .string()
    .regex(/^[a-z]{2}(-[a-z]+)+-\d$/, 'a region, like eu-central-1')
    .describe('Where the shop is: all that is made is made there.'),
  instanceType: z
    .string()
    .regex(/^[a-z0-9-]+\.[a-z0-9-]+$/, 'an instance type, like t3.small')
    .optional()
    .describe('Left out: t3.micro, or t4g.micro where architecture is arm64.'),
  image: z
    .string()
    .refine((it) => images.includes(it) || /^ami-[0-9a-f]{8,17}$/.test(it), `one of ${images.join(', ')}, or ami-...`)
    .default('ubuntu-24.04')
    .describe('What a new machine is made from; a machine that stands stays as it is. An id (ami-...) pins an image.'),
  architecture: z.enum(['x64', 'arm64']).default('x64').describe('Of the image, and of the instance type.'),
  vpc: z
    .enum(['default', 'dedicated'])
    .default('default')
    .describe("The network: the account's default one, or one of its own."),
  volumeGb: z.int().min(8, '8 or more').max(16_384, 'at most 16384').default(8).describe('Size of the disk.'),
  operators: z
    .array(network)
    .min(1, 'one network or more')
    .default(['0.0.0.0/0', '::/0'])
    .describe('Networks that may reach SSH. Left out: all, and it is the key alone that keeps strangers out.'),
  instances: instances.describe('Processes of each service. Left out: 1.'),
})

function isNetwork(text: string): boolean {
  const [address = '', bits, more] = text.split('/')
  const version = isIP(address)
  return (
    version !== 0 && more === undefined && /^\d{1,3}$/.test(bits ?? '') && Number(bits) <= (version === 4 ? 32 : 128)
  )
}
