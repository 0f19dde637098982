import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  GetBucketEncryptionCommand,
  GetBucketTaggingCommand,
  GetBucketVersioningCommand,
  GetPublicAccessBlockCommand,
  HeadBucketCommand,
  ListObjectVersionsCommand,
  PutBucketEncryptionCommand,
  PutBucketTaggingCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'

export const client = (config: S3ClientConfig) => new S3Client(config)

export const commands = {
  CreateBucket: CreateBucketCommand,
  DeleteBucket: DeleteBucketCommand,
  DeleteObjects: DeleteObjectsCommand,
  GetBucketEncryption: GetBucketEncryptionCommand,
  GetBucketTagging: GetBucketTaggingCommand,
  GetBucketVersioning: GetBucketVersioningCommand,
  GetPublicAccessBlock: GetPublicAccessBlockCommand,
  HeadBucket: HeadBucketCommand,
  ListObjectVersions: ListObjectVersionsCommand,
  PutBucketEncryption: PutBucketEncryptionCommand,
  PutBucketTagging: PutBucketTaggingCommand,
  PutBucketVersioning: PutBucketVersioningCommand,
  PutPublicAccessBlock: PutPublicAccessBlockCommand,
} as const
