import { writeFile } from 'node:fs/promises'
import { type Finished, type RunOptions, run } from './box/run.ts'
import type { Machine } from './machine/machine.ts'

/** A command of the machine's shell, as an operator would send it: with the lab's key, and no other host key than known. */
export async function overSsh(machine: Machine, command: string, options?: RunOptions): Promise<Finished> {
  const { host, port, username, privateKeyPath } = machine.ssh
  const known = `${privateKeyPath}.known-${machine.address}`
  await writeFile(known, machine.hostKeys.map(({ publicKey }) => `${host} ${publicKey}\n`).join(''))
  const strict = ['StrictHostKeyChecking=yes', `UserKnownHostsFile=${known}`, 'BatchMode=yes', 'ConnectTimeout=10']
  const argv = ['ssh', '-F', 'none', '-i', privateKeyPath, '-p', String(port), ...strict.flatMap((it) => ['-o', it])]
  return run([...argv, `${username}@${host}`, command], options)
}
