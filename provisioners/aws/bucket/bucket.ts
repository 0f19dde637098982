import { createHash } from 'node:crypto'
import { changeOf, differs } from '../../engine/define.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Context } from '../../engine/resource.ts'
import type { Input } from '../clients.ts'
import { type AwsError, isAws, unlessAbsent } from '../errors.ts'
import { repeated } from '../repeat.ts'
import { type AwsResource, awsResource } from '../resource.ts'
import { type AwsStack, nameOf, ownership, tagsOf } from '../stack.ts'
import { keepingRules, keepingText } from './keeping.ts'

export interface Bucket {
  name: string
  versioned: boolean
  private: boolean
  encrypted: boolean
  /** keepingText */
  keeps: string
  tagged: boolean
}

const address = 'aws.bucket/backups'

/**
 * Names of buckets are the world's, so it has account and region; at most 63 characters:
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
 */
export function bucketName(stack: AwsStack): string {
  const whole = `${nameOf(stack)}-${stack.account}-${stack.aws.region}`
  if (whole.length <= 63) return whole
  const digest = createHash('sha256').update(whole).digest('hex').slice(0, 10)
  return `${whole.slice(0, 52).replace(/-$/, '')}-${digest}`
}

const privateOnly = {
  BlockPublicAcls: true,
  IgnorePublicAcls: true,
  BlockPublicPolicy: true,
  RestrictPublicBuckets: true,
} as const

const keeps = keepingText(keepingRules)

/** Where the machine puts its backups: private, encrypted, nothing is overwritten, and what is old goes by itself. */
export function bucket(stack: AwsStack): AwsResource<object, Bucket> {
  const { aws, account } = stack
  const name = bucketName(stack)
  // A bucket of that name that is another account's is refused by S3 itself, in every call.
  const it = { Bucket: name, ExpectedBucketOwner: account } as const

  async function mend(actual: Bucket, ctx: Context): Promise<Bucket> {
    if (!actual.tagged)
      await aws.call('s3:PutBucketTagging', { ...it, Tagging: { TagSet: tagsOf(stack, address) } }, ctx)
    if (!actual.private) {
      await aws.call('s3:PutPublicAccessBlock', { ...it, PublicAccessBlockConfiguration: privateOnly }, ctx)
    }
    if (!actual.encrypted) {
      const Rules = [{ ApplyServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' as const } }]
      await aws.call('s3:PutBucketEncryption', { ...it, ServerSideEncryptionConfiguration: { Rules } }, ctx)
    }
    if (!actual.versioned) {
      await aws.call('s3:PutBucketVersioning', { ...it, VersioningConfiguration: { Status: 'Enabled' } }, ctx)
    }
    if (actual.keeps !== keeps) {
      const LifecycleConfiguration = { Rules: keepingRules }
      await aws.call('s3:PutBucketLifecycleConfiguration', { ...it, LifecycleConfiguration }, ctx)
    }
    return { name, versioned: true, private: true, encrypted: true, keeps, tagged: true }
  }

  return awsResource<object, Bucket>(aws, {
    address,
    label: 'bucket for backups',
    dependsOn: [],
    calls: {
      read: [
        's3:HeadBucket',
        's3:GetBucketTagging',
        's3:GetBucketVersioning',
        's3:GetPublicAccessBlock',
        's3:GetBucketEncryption',
        's3:GetBucketLifecycleConfiguration',
      ],
      create: [
        's3:CreateBucket',
        's3:PutBucketTagging',
        's3:PutPublicAccessBlock',
        's3:PutBucketEncryption',
        's3:PutBucketVersioning',
        's3:PutBucketLifecycleConfiguration',
      ],
      update: [
        's3:PutBucketTagging',
        's3:PutPublicAccessBlock',
        's3:PutBucketEncryption',
        's3:PutBucketVersioning',
        's3:PutBucketLifecycleConfiguration',
      ],
      delete: ['s3:ListObjectVersions', 's3:DeleteObjects', 's3:DeleteBucket'],
    },
    billed: [{ by: 'bucket', region: aws.region }],
    duplicates: ['BucketAlreadyOwnedByYou'],
    desired: () => ({}),
    async read(ctx) {
      const head = await unlessAbsent(aws.call('s3:HeadBucket', it, ctx)).catch((error: unknown) => {
        // HEAD has no body, so there is nothing but the status: API_HeadBucket.
        if (isAws(error, 'Forbidden', 'AccessDenied')) throw notShown(name, error)
        throw error
      })
      if (head === undefined) return undefined
      // Absent as a whole when somebody else's `down` takes it away meanwhile.
      const settings = await unlessAbsent(
        Promise.all([
          unlessAbsent(aws.call('s3:GetBucketTagging', it, ctx)),
          aws.call('s3:GetBucketVersioning', it, ctx),
          unlessAbsent(aws.call('s3:GetPublicAccessBlock', it, ctx)),
          aws.call('s3:GetBucketEncryption', it, ctx).catch(withoutEncryption),
          unlessAbsent(aws.call('s3:GetBucketLifecycleConfiguration', it, ctx)),
        ]),
      )
      if (settings === undefined) return undefined
      const [tags, versioning, access, encryption, lifecycle] = settings
      const blocks = access?.PublicAccessBlockConfiguration
      return {
        name,
        versioned: versioning.Status === 'Enabled',
        private: Object.keys(privateOnly).every((key) => blocks?.[key as keyof typeof privateOnly] === true),
        encrypted: (encryption?.ServerSideEncryptionConfiguration?.Rules ?? []).length > 0,
        keeps: keepingText(lifecycle?.Rules ?? []),
        tagged: ownership(stack, address, tags?.TagSet) === 'ours',
      }
    },
    diff: compareBucket,
    async create(_, ctx) {
      // us-east-1 is said by saying nothing: API_CreateBucket.
      type Place = NonNullable<Input<'s3:CreateBucket'>['CreateBucketConfiguration']>
      const place = { LocationConstraint: aws.region } as Place
      const configuration = aws.region === 'us-east-1' ? {} : { CreateBucketConfiguration: place }
      await aws.call('s3:CreateBucket', { Bucket: name, ...configuration }, ctx)
      return mend({ name, versioned: false, private: false, encrypted: false, keeps: '', tagged: false }, ctx)
    },
    update: (_, actual, ctx) => mend(actual, ctx),
    async delete(_, ctx) {
      const empty = async () => {
        await emptyOut(ctx)
        await unlessAbsent(aws.call('s3:DeleteBucket', it, ctx))
      }
      await repeated(empty, address, ['BucketNotEmpty'], ctx)
    },
    detail: () => name,
    cost: (action) => ({ downtime: 'none', dataAtRisk: action === 'delete' || action === 'replace' }),
  })

  /** All versions and delete markers, a thousand at a time: API_DeleteObjects. */
  async function emptyOut(ctx: Context): Promise<void> {
    for (;;) {
      const page = await unlessAbsent(aws.call('s3:ListObjectVersions', it, ctx))
      const Objects = [...(page?.Versions ?? []), ...(page?.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
        Key,
        VersionId,
      }))
      if (Objects.length === 0) return
      await aws.call('s3:DeleteObjects', { ...it, Delete: { Objects: Objects.slice(0, 1000), Quiet: true } }, ctx)
    }
  }
}

/** Pure. */
export function compareBucket(_: object, actual: Bucket) {
  return changeOf(
    differs('public access', actual.private ? 'blocked' : 'possible', 'blocked'),
    differs('encryption', actual.encrypted ? 'on' : 'off', 'on'),
    differs('versions', actual.versioned ? 'kept' : 'not kept', 'kept'),
    differs('how long backups stay', actual.keeps, keeps),
    differs('tags', actual.tagged ? 'complete' : 'incomplete', 'complete'),
  )
}

function withoutEncryption(error: unknown): undefined {
  if (!isAws(error, 'ServerSideEncryptionConfigurationNotFoundError')) throw error
}

function notShown(name: string, cause: AwsError): BookstoreError {
  return new BookstoreError(
    `AWS does not show the bucket ${name}: s3:ListBucket is not allowed, or it is somebody else's.`,
    {
      code: 'aws-denied',
      fault: 'user',
      hint: 'Allow s3:ListBucket on it (bookstore policy VERB); is it of another account, choose another name: in bookstore.yaml.',
      cause,
      details: { ...cause.details, action: 's3:ListBucket' },
    },
  )
}
