import { BookstoreError } from '../engine/errors.ts'
import type { Address, Context } from '../engine/resource.ts'
import type { Aws } from './clients.ts'

/** One shop in one region of one account. */
export interface AwsStack {
  readonly aws: Aws
  /** Of the configuration. */
  readonly name: string
  readonly account: string
  /** 'aws', 'aws-cn', 'aws-us-gov': the second part of every ARN there. */
  readonly partition: string
}

/**
 * Who we are, and whether we are let in at all. Needs no permission:
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html
 */
export async function openStack(aws: Aws, name: string, ctx: Context): Promise<AwsStack> {
  const { Account: account = '', Arn: arn = '' } = await aws.call('sts:GetCallerIdentity', {}, ctx)
  return { aws, name, account, partition: arn.split(':')[1] ?? 'aws' }
}

/** What our things are called: 'bookstore-NAME', unique in the account and region. */
export function nameOf({ name }: Pick<AwsStack, 'name'>, suffix?: string): string {
  return ['bookstore', name, ...(suffix === undefined ? [] : [suffix])].join('-')
}

export const stackTag = 'bookstore:stack'
export const resourceTag = 'bookstore:resource'

export interface Tag {
  Key: string
  Value: string
}

/** What every thing of ours has from the call on that makes it. */
export function tagsOf(stack: Pick<AwsStack, 'name'>, address: Address): Tag[] {
  return [
    { Key: stackTag, Value: stack.name },
    { Key: resourceTag, Value: address },
    { Key: 'Name', Value: `bookstore ${stack.name}` },
  ]
}

type Tags = readonly { Key?: string | undefined; Value?: string | undefined }[]

/**
 * Whose a thing is that was found. Asked also after a filter by tag, since not everybody who answers filters.
 * 'damaged': ours, and somebody took away one of its tags.
 */
export function ownership(
  { name }: Pick<AwsStack, 'name'>,
  address: Address,
  tags: Tags = [],
): 'ours' | 'damaged' | 'foreign' {
  const value = (key: string) => tags.find(({ Key }) => Key === key)?.Value
  const [stack, resource] = [value(stackTag), value(resourceTag)]
  if (stack !== undefined && stack !== name) return 'foreign'
  if (resource !== undefined && resource !== address) return 'foreign'
  if (stack !== undefined && resource !== undefined) return 'ours'
  if (stack === undefined && resource === undefined) return 'foreign'
  return 'damaged'
}

/** The filter that finds what has our tags. */
export function tagFilters({ name }: Pick<AwsStack, 'name'>, address?: Address) {
  const filters = [{ Name: `tag:${stackTag}`, Values: [name] }]
  return address === undefined ? filters : [...filters, { Name: `tag:${resourceTag}`, Values: [address] }]
}

/** Exactly one, or none. @throws BookstoreError 'aws-ambiguous' that says which. */
export function onlyOne<T>(found: readonly T[], what: string, idOf: (each: T) => string | undefined): T | undefined {
  if (found.length < 2) return found[0]
  const ids = found.map((each) => idOf(each) ?? '?').sort()
  throw new BookstoreError(`There are ${found.length} ${what} with the tags of this shop: ${ids.join(', ')}.`, {
    code: 'aws-ambiguous',
    fault: 'user',
    hint: `Find out which one is in use, and delete the others, or take the tag ${stackTag} away from them.`,
    details: { ids },
  })
}

/** Something has the name that we would give, and is not ours. */
export function foreign(what: string, name: string): BookstoreError {
  return new BookstoreError(`The account has ${what} named ${name} already, which is not of this shop.`, {
    code: 'aws-foreign',
    fault: 'user',
    hint: `Rename or delete it, or choose another name: in bookstore.yaml. Is it ours after all, tag it: ${stackTag}.`,
    details: { name },
  })
}
