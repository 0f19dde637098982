import type { IncomingMessage } from 'node:http'
import { readRaw } from '../../services/kit/body.ts'
import { Problem } from '../../services/kit/problem.ts'

const urlencoded = 'application/x-www-form-urlencoded'
const multipart = 'multipart/form-data'
const textLimit = 64 * 1024
const uploadLimit = 8 * 1024 * 1024

export interface Upload {
  bytes: Buffer
  /** As the browser says; the catalogue decodes the image and believes nothing. */
  type: string
}

/** What a form sent. Text is trimmed and normalised; characters that no database stores are taken out. */
export class Form {
  readonly #texts: ReadonlyMap<string, readonly string[]>
  readonly #files: ReadonlyMap<string, Upload>

  constructor(texts: ReadonlyMap<string, readonly string[]>, files: ReadonlyMap<string, Upload> = new Map()) {
    this.#texts = texts
    this.#files = files
  }

  /** The field's text, or '' when it was not sent. The first one counts when it was sent twice. */
  text(name: string): string {
    return clean(this.raw(name)).trim()
  }

  /** As it was typed: for passwords. */
  raw(name: string): string {
    return this.#texts.get(name)?.[0] ?? ''
  }

  names(): string[] {
    return [...this.#texts.keys()]
  }

  file(name: string): Upload | undefined {
    return this.#files.get(name)
  }
}

function clean(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is taken out; line ends and tabs stay
  const printable = text.replace(/\r\n?/g, '\n').replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g, '')
  return printable.toWellFormed().normalize('NFC')
}

function gather(entries: Iterable<[string, string]>): Map<string, string[]> {
  const texts = new Map<string, string[]>()
  for (const [name, value] of entries) {
    const values = texts.get(name) ?? []
    values.push(value)
    texts.set(name, values)
  }
  return texts
}

/** Reads a form without files. @throws Problem 413, 415, 400 */
export async function readForm(message: IncomingMessage): Promise<Form> {
  const bytes = await readRaw(message, { types: [urlencoded], limit: textLimit })
  return new Form(gather(new URLSearchParams(bytes.toString('utf8'))))
}

/** Reads a form that may hold one image, whole and in memory. @throws Problem 413, 415, 400 */
export async function readUploadForm(message: IncomingMessage): Promise<Form> {
  const type = message.headers['content-type'] ?? ''
  if (!type.toLowerCase().startsWith(multipart)) return readForm(message)
  const bytes = await readRaw(message, { types: [multipart], limit: uploadLimit + textLimit })
  const data = await new Response(new Uint8Array(bytes), { headers: { 'content-type': type } })
    .formData()
    .catch((cause: unknown) => {
      throw new Problem(400, 'malformed-form', 'The form cannot be read', { cause })
    })
  const texts: [string, string][] = []
  const files = new Map<string, Upload>()
  for (const [name, value] of data) {
    if (typeof value === 'string') texts.push([name, value])
    else if (value.size > 0) files.set(name, { bytes: Buffer.from(await value.arrayBuffer()), type: value.type })
  }
  return new Form(gather(texts), files)
}
