import type { IncomingMessage } from 'node:http'
import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { readForm, readUploadForm } from './form.ts'

function message(type: string, body: Buffer | string): IncomingMessage {
  const bytes = Buffer.from(body)
  return Object.assign(Readable.from([bytes]), {
    headers: { 'content-type': type, 'content-length': String(bytes.length) },
  }) as unknown as IncomingMessage
}
const urlencoded = 'application/x-www-form-urlencoded'
const multipart = 'multipart/form-data; boundary=x'

function part(name: string, value: string | Buffer, file?: { name: string; type: string }): Buffer {
  const head = file ? `; filename="${file.name}"\r\ncontent-type: ${file.type}` : ''
  return Buffer.concat([
    Buffer.from(`--x\r\ncontent-disposition: form-data; name="${name}"${head}\r\n\r\n`),
    Buffer.from(value),
    Buffer.from('\r\n'),
  ])
}
const end = Buffer.from('--x--\r\n')

describe('a form', () => {
  it('is trimmed, composed, and freed of what no database stores; passwords stay as they were typed', async () => {
    const form = await readForm(message(urlencoded, 'a=+x%00%0B+&p=+s%00+&n=n%CC%83&l=1%0D%0A2&bad=%ff&t=1&t=2'))
    expect(form.text('a')).toBe('x')
    expect(form.raw('p')).toBe(' s\0 ')
    expect(form.text('n')).toBe('ñ')
    expect(form.text('l')).toBe('1\n2')
    expect(form.text('bad').isWellFormed()).toBe(true)
    expect(form.text('t')).toBe('1')
    expect(form.text('absent')).toBe('')
    expect(form.text('__proto__')).toBe('')
  })

  it.each([
    ['another type', 'application/json', '{}', 415],
    ['no type', '', 'a=1', 415],
    ['too much', urlencoded, `a=${'x'.repeat(70_000)}`, 413],
  ])('is refused for %s', async (_, type, body, status) => {
    await expect(readForm(message(type, body))).rejects.toMatchObject({ status })
  })
})

describe('a form with a file', () => {
  it('gives fields and the file apart; a file that was not chosen is none', async () => {
    const image = Buffer.from([0x89, 0x50, 0, 0xff])
    const chosen = part('cover', image, { name: '../../x.png', type: 'image/png' })
    const empty = part('other', '', { name: '', type: 'application/octet-stream' })
    const form = await readUploadForm(message(multipart, Buffer.concat([part('title', 'Ñandú'), chosen, empty, end])))
    expect(form.text('title')).toBe('Ñandú')
    expect(form.file('cover')).toEqual({ bytes: image, type: 'image/png' })
    expect(form.file('other')).toBeUndefined()
    expect(form.text('cover')).toBe('')
  })

  it.each([
    ['is cut off', part('a', '1')],
    ['is no multipart at all', Buffer.from('hello')],
    ['has a part without a name', Buffer.from('--x\r\n\r\nv\r\n--x--\r\n')],
  ])('is 400 when it %s', async (_, body) => {
    await expect(readUploadForm(message(multipart, body))).rejects.toMatchObject({ status: 400 })
  })

  it('is 413 above 8 MB', async () => {
    const body = Buffer.concat([part('cover', Buffer.alloc(9 * 1024 * 1024), { name: 'a', type: 'image/png' }), end])
    await expect(readUploadForm(message(multipart, body))).rejects.toMatchObject({ status: 413 })
  })
})
