import type { IncomingMessage } from 'node:http'
import { describe, expect, it } from 'vitest'
import { clientHeaders, upstreamHeaders } from './headers.ts'

/** What the two functions read of a request. */
function message(raw: readonly [string, string][], remoteAddress?: string): IncomingMessage {
  const headers = Object.fromEntries(raw.map(([name, value]) => [name.toLowerCase(), value]))
  return { rawHeaders: raw.flat(), headers, socket: { remoteAddress } } as unknown as IncomingMessage
}

/** The flat list as pairs. */
const sentOf = (raw: readonly [string, string][], remoteAddress?: string) => {
  const flat = upstreamHeaders(message(raw, remoteAddress), 'request-1')
  return flat.flatMap((name, at) => (at % 2 === 0 ? [[name, flat[at + 1]]] : []))
}

describe('headers to a service', () => {
  it("are the client's, and ours", () => {
    expect(
      sentOf([
        ['Host', 'shop.example'],
        ['Accept', 'text/html'],
        ['Accept', 'application/json'],
        ['X-Forwarded-For', '203.0.113.9'],
        ['X-Forwarded-Proto', 'https'],
      ]),
    ).toEqual([
      ['host', 'shop.example'],
      ['accept', 'text/html'],
      ['accept', 'application/json'],
      ['x-forwarded-for', '203.0.113.9'],
      ['x-forwarded-proto', 'https'],
      ['x-forwarded-host', 'shop.example'],
      ['x-forwarded-prefix', '/api'],
      ['x-request-id', 'request-1'],
    ])
  })

  it('are without what speaks of the connection, and what no client says', () => {
    const names = sentOf([
      ['Connection', 'close, X-Private'],
      ['X-Private', '1'],
      ['Keep-Alive', 'timeout=5'],
      ['TE', 'trailers'],
      ['Transfer-Encoding', 'chunked'],
      ['Upgrade', 'websocket'],
      ['Proxy-Authorization', 'Basic x'],
      ['Expect', '100-continue'],
      ['Forwarded', 'for=1.2.3.4'],
      ['X-Forwarded-Prefix', '/admin'],
      ['X-Original-URL', '/admin'],
      ['X-HTTP-Method-Override', 'DELETE'],
      ['X-Bookstore-User', 'root'],
      ['Bookstore-Signature', 't=1'],
      ['X-Request-Id', 'theirs'],
    ]).map(([name]) => name)
    expect(names).toEqual(['x-forwarded-proto', 'x-forwarded-prefix', 'x-request-id'])
  })

  it('name the peer where the edge named nobody that is an address', () => {
    const forwardedFor = (claimed: string) =>
      sentOf([['X-Forwarded-For', claimed]], '127.0.0.1').find(([name]) => name === 'x-forwarded-for')?.[1]
    expect(forwardedFor('<script>')).toBe('127.0.0.1')
    expect(forwardedFor('2001:db8::1, 10.0.0.1')).toBe('2001:db8::1')
  })
})

describe('headers to the client', () => {
  it("are the service's, without those of the connection", () => {
    expect(
      clientHeaders(
        {
          'content-type': 'application/json',
          'set-cookie': ['a=1', 'b=2'],
          connection: 'keep-alive, x-hop',
          'x-hop': '1',
          'keep-alive': 'timeout=75',
          'transfer-encoding': 'chunked',
          'x-request-id': 'other',
        },
        'request-1',
      ),
    ).toEqual({ 'content-type': 'application/json', 'set-cookie': ['a=1', 'b=2'], 'x-request-id': 'request-1' })
  })
})
