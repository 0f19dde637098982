import type { Host } from '../host.ts'

/** The number of a user; undefined while there is no such user. */
export function uid(host: Host, name: string): Promise<number | undefined> {
  return entry(host, 'passwd', name)
}

/** The number of a group; undefined while there is no such group. */
export function gid(host: Host, name: string): Promise<number | undefined> {
  return entry(host, 'group', name)
}

async function entry(host: Host, database: string, name: string): Promise<number | undefined> {
  const { code, stdout } = await host.run(['getent', database, name], { accept: [0, 2] })
  const number = Number(stdout.split(':')[2])
  return code === 0 && Number.isInteger(number) ? number : undefined
}
