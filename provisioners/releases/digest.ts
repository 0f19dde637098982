import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'

const digestOf = async (path: string, algorithm: string) => {
  const hash = createHash(algorithm)
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) hash.update(chunk)
  return hash
}

/** 'sha512-<base64>' of a file. */
export async function integrityOf(path: string): Promise<string> {
  return `sha512-${(await digestOf(path, 'sha512')).digest('base64')}`
}

/** Lower case hex of a file. */
export async function sha256Of(path: string): Promise<string> {
  return (await digestOf(path, 'sha256')).digest('hex')
}
