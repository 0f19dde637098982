import { randomUUID } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { type Finished, type RunOptions, run } from './box/run.ts'
import type { Machine } from './machine/machine.ts'

interface Reached {
  ssh: Machine['ssh']
  hostKeys: ReadonlyArray<{ publicKey: string }>
}

/**
 * Runs a line of the machine's shell as an operator would, with the lab's key, and only if the machine shows one of
 * `hostKeys`. A status of 255 means that it was not reached.
 */
export async function overSsh(
  { ssh, hostKeys }: Reached,
  command: string,
  { connectSeconds = 20, ...options }: RunOptions & { connectSeconds?: number } = {},
): Promise<Finished> {
  const { host, port, username, privateKeyPath } = ssh
  const known = `${privateKeyPath}.known-${randomUUID()}`
  await writeFile(known, hostKeys.map(({ publicKey }) => `${host} ${publicKey.trim()}\n`).join(''))
  const settings = {
    BatchMode: 'yes',
    ConnectTimeout: connectSeconds,
    IdentitiesOnly: 'yes',
    StrictHostKeyChecking: 'yes',
    UserKnownHostsFile: known,
  }
  const argv = ['ssh', '-F', 'none', '-i', privateKeyPath, '-p', String(port)]
  for (const [name, value] of Object.entries(settings)) argv.push('-o', `${name}=${value}`)
  return run([...argv, `${username}@${host}`, command], options)
}
