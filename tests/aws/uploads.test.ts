import { createHash, randomBytes } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateBucketCommand, GetObjectCommand, ListMultipartUploadsCommand } from '@aws-sdk/client-s3'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { connectFromMachine } from '../../provisioners/aws/from-machine/clients.ts'
import { putFile } from '../../provisioners/aws/from-machine/put-file.ts'
import { systemClock } from '../../provisioners/engine/clock.ts'
import type { Context } from '../../provisioners/engine/resource.ts'
import { inCloud } from '../lab/aws/in-cloud.ts'

/** What a machine sends, with a smaller part than it has. */
describe('files that a machine puts into a bucket', () => {
  const at = inCloud()
  const bucket = 'bookstore-uploads'
  /** The least that S3 takes for a part that is not the last one. */
  const partBytes = 5 * 1024 * 1024
  let folder: string
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'uploads-'))
    const place = { LocationConstraint: 'eu-central-1' } as const
    await at.clients.s3.send(new CreateBucketCommand({ Bucket: bucket, CreateBucketConfiguration: place }))
  })
  afterAll(() => rm(folder, { recursive: true, force: true }))
  beforeEach(() => at.cloud.heal())

  const ctx: Context = { clock: systemClock, signal: new AbortController().signal, emit: () => {} }
  const send = async (key: string, bytes: Buffer) => {
    const file = join(folder, key)
    await writeFile(file, bytes)
    const aws = connectFromMachine({ region: 'eu-central-1', environment: at.cloud.environment })
    try {
      return await putFile(aws, { bucket, owner: '123456789012', key, file }, ctx, partBytes)
    } finally {
      aws.close()
    }
  }
  const stored = async (Key: string) => {
    const { Body, Metadata } = await at.clients.s3.send(new GetObjectCommand({ Bucket: bucket, Key }))
    const bytes = Buffer.from((await Body?.transformToByteArray()) ?? [])
    return { sha256: createHash('sha256').update(bytes).digest('hex'), bytes: bytes.length, told: Metadata?.sha256 }
  }

  it('arrive as they were, in one piece or in parts, and say their digest', async () => {
    for (const [key, size] of [
      ['small', 1_234],
      ['parts', 2 * partBytes + 7],
    ] as const) {
      const sent = await send(key, randomBytes(size))
      expect(sent.bytes).toBe(size)
      expect(await stored(key)).toEqual({ ...sent, told: sent.sha256 })
    }
  })

  it('arrive although a part is refused, throttled or lost on the way', async () => {
    at.cloud.fault([
      { action: 'UploadPart', nth: 1, do: 'throttle' },
      { action: 'UploadPart', nth: 3, do: 'lose-answer' },
    ])
    const sent = await send('troubled', randomBytes(partBytes + 1))
    expect(await stored('troubled')).toEqual({ ...sent, told: sent.sha256 })
  })

  it('leave nothing behind that somebody pays for when they break off', async () => {
    at.cloud.fault([{ action: 'UploadPart', nth: 2, do: 'refuse', code: 'AccessDenied', status: 403 }])
    await expect(send('broken', randomBytes(partBytes + 1))).rejects.toMatchObject({ code: 'aws-denied' })
    const { Uploads = [] } = await at.clients.s3.send(new ListMultipartUploadsCommand({ Bucket: bucket }))
    expect(Uploads).toEqual([])
  })
})
