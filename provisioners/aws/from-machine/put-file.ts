import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { type FileHandle, open } from 'node:fs/promises'
import type { Context } from '../../engine/resource.ts'
import type { MachineAws } from './clients.ts'

export interface Upload {
  bucket: string
  /** Account that it must be of: names of buckets are the world's, and one that was deleted may be a stranger's now. */
  owner: string
  key: string
  /** On this machine; nobody changes it meanwhile. */
  file: string
}

export interface Uploaded {
  /** Of the whole file, lower case hex. S3 keeps it as metadata `sha256`. */
  sha256: string
  bytes: number
}

/**
 * Memory of an upload, and of what is sent again when a part of it breaks off. At least 5 MiB; with at most 10,000 parts that
 * makes 80 GB: https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
 */
const usualPartBytes = 8 * 1024 * 1024

/**
 * Puts a file into a bucket, part by part where it is larger than one. S3 refuses every part whose SHA-256 is not what was read
 * here: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html
 * A bucket of another account is refused: https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-owner-condition.html
 *
 * @throws AwsError; what was sent before is thrown away then.
 */
export async function putFile(
  aws: MachineAws,
  { bucket: Bucket, owner: ExpectedBucketOwner, key: Key, file }: Upload,
  ctx: Context,
  partBytes = usualPartBytes,
): Promise<Uploaded> {
  const sha256 = await digestOf(file)
  const handle = await open(file)
  try {
    const { size } = await handle.stat()
    const about = { Bucket, ExpectedBucketOwner, Key, Metadata: { sha256 } }
    if (size <= partBytes) {
      const Body = await readPart(handle, 0, size)
      await aws.call('s3:PutObject', { ...about, Body, ContentLength: size, ChecksumSHA256: checksum(Body) }, ctx)
    } else {
      await putParts(aws, about, handle, { size, partBytes }, ctx)
    }
    return { sha256, bytes: size }
  } finally {
    await handle.close()
  }
}

interface About {
  Bucket: string
  ExpectedBucketOwner: string
  Key: string
  Metadata: Record<string, string>
}

async function putParts(
  aws: MachineAws,
  { Metadata, ...about }: About,
  handle: FileHandle,
  { size, partBytes }: { size: number; partBytes: number },
  ctx: Context,
): Promise<void> {
  const { UploadId } = await aws.call(
    's3:CreateMultipartUpload',
    { ...about, Metadata, ChecksumAlgorithm: 'SHA256' },
    ctx,
  )
  const upload = { ...about, UploadId }
  try {
    const Parts = []
    for (let at = 0, PartNumber = 1; at < size; at += partBytes, PartNumber++) {
      const Body = await readPart(handle, at, Math.min(partBytes, size - at))
      const part = { PartNumber, ChecksumSHA256: checksum(Body) }
      const { ETag } = await aws.call('s3:UploadPart', { ...upload, ...part, Body, ContentLength: Body.length }, ctx)
      Parts.push({ ...part, ETag })
    }
    await aws.call('s3:CompleteMultipartUpload', { ...upload, MultipartUpload: { Parts } }, ctx)
  } catch (error) {
    // What cannot be thrown away now, the bucket throws away by itself after days (bucket/keeping.ts).
    await aws.call('s3:AbortMultipartUpload', upload, ctx).catch(() => {})
    throw error
  }
}

/** @throws Error when the file has become shorter. */
async function readPart(handle: FileHandle, position: number, length: number): Promise<Buffer> {
  const part = Buffer.alloc(length)
  for (let filled = 0; filled < length; ) {
    const { bytesRead } = await handle.read(part, filled, length - filled, position + filled)
    if (bytesRead === 0) throw new Error('the file was cut off while it was read')
    filled += bytesRead
  }
  return part
}

const checksum = (bytes: Buffer) => createHash('sha256').update(bytes).digest('base64')

async function digestOf(file: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(file)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
