import { randomInt } from 'node:crypto'
import type { Context } from '../../engine/resource.ts'
import { retry } from '../../engine/retry.ts'
import { decodeMessage } from '../message/decode.ts'
import { encodeUpdate } from '../message/encode.ts'
import { checkAnswer, sign } from '../message/tsig.ts'
import { type NewRecord, rcodeName } from '../message/types.ts'
import { exchangeTcp, exchangeUdp } from '../query/transport.ts'
import { clockDiffers, keyRefused, silent, unproven, updateRefused } from './errors.ts'
import type { Updating } from './updating.ts'

const timeoutMs = 10_000
/** TSIG errors (RFC 8945, section 3). */
const badSignature = 16
const badKey = 17
const badTime = 18

/** Updates are idempotent, so that one whose answer was lost is simply sent again. */
const repeated = ['ETIMEDOUT', 'ECONNRESET', 'EPIPE', 'SERVFAIL'] as const

/** Sends one signed UPDATE and checks the signature of the answer, so that nobody else can say that it was done. */
export async function sendUpdate(updating: Updating, updates: readonly NewRecord[], ctx: Context): Promise<void> {
  const options = { codes: repeated, attempts: 4, firstDelayMs: 500, address: 'dns.rfc2136/update' } as const
  await retry(() => attempt(updating, updates, ctx), options, ctx).catch((error) => {
    ctx.signal.throwIfAborted()
    if (error instanceof ServerFailed) throw updateRefused(updating, 'SERVFAIL')
    throw silent(updating.server, error)
  })
}

class ServerFailed extends Error {
  readonly code = 'SERVFAIL'
}

async function attempt(updating: Updating, updates: readonly NewRecord[], { clock, signal }: Context): Promise<void> {
  const { server, key, transport, zone } = updating
  const id = randomInt(65_536)
  const now = clock.now()
  const request = sign(encodeUpdate(id, zone, updates), key, now)
  const exchange = transport === 'udp' ? exchangeUdp : exchangeTcp
  const accepts = (answer: Buffer) => answer.length >= 12 && answer.readUInt16BE(0) === id
  const bytes = await exchange(server, request.message, accepts, { timeoutMs, signal })
  const answer = decodeMessage(bytes)
  const tsig = checkAnswer(bytes, answer, key, request.mac)
  if (tsig?.error === badKey || tsig?.error === badSignature) throw keyRefused(updating, tsig.error === badKey)
  if (tsig?.error === badTime) throw clockDiffers(updating, now, tsig.serverTime)
  if (rcodeName(answer.rcode) === 'SERVFAIL') throw new ServerFailed()
  if (answer.rcode !== 0) throw updateRefused(updating, rcodeName(answer.rcode))
  if (!tsig?.verified) throw unproven(updating)
}
