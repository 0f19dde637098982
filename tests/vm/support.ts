import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect } from 'vitest'
import { type Lab, type MachineRequest, startLab } from '../lab/lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { copySources } from '../releases/world.ts'
import { Operator, type Said } from './operator.ts'

/** Longest that a step of a life may take, in milliseconds. */
export const longMs = 20 * 60_000

export interface Scene {
  lab: Lab
  machine: Machine
  operator: Operator
  close(): Promise<void>
}

/**
 * An operator in front of one machine of a lab of its own, on which nothing serves: prepared unless told.
 * @param vm More of what the configuration says about machines.
 */
export async function openScene(
  domain: string,
  options: Partial<MachineRequest> = {},
  vm: Readonly<Record<string, unknown>> = {},
): Promise<Scene> {
  const lab = await startLab()
  try {
    // Names first, so that the machine is told of them.
    const ssh = { privateKeyPath: join(lab.folder, 'key'), username: 'admin' }
    const operator = await Operator.create(lab, { address: `${lab.prefix}.21`, ssh }, domain, vm)
    const machine = await lab.machine({ name: 'shop', packages: 'prepared', user: 'admin', ...options })
    if (!options.packages) await machine.must(['systemctl', 'disable', '--now', 'nginx.service', 'postgresql.service'])
    const close = async () => {
      await operator.close()
      await lab.close()
    }
    return { lab, machine, operator, close }
  } catch (error) {
    await lab.close()
    throw error
  }
}

/** That a verb did what it should. What went wrong is in the failure's message. */
export function succeed(said: Said): Said {
  const { status, result, talk } = said
  const failure = status === 0 ? { result: {}, talk: '' } : { result, talk }
  expect({ status, ...failure }).toEqual({ status: 0, result: {}, talk: '' })
  return said
}

/** Packages, files, users and groups: what must be the same when we are gone. */
export function inventoryOf(machine: Machine, ...folders: string[]): Promise<string> {
  const files = `find ${(folders.length > 0 ? folders : ['/etc', '/opt']).join(' ')} -xdev -type f | sort`
  return machine.must(['sh', '-c', `dpkg --get-selections; ${files}; getent passwd; getent group`])
}

/** The shop's first page, as the machine itself sees it. */
export function firstPage(machine: Machine, domain: string): Promise<string> {
  return machine.must(['curl', '-sk', '--resolve', `${domain}:443:127.0.0.1`, `https://${domain}/es/`])
}

/** On the first page of this checkout, and of the other release. */
export const words = { before: 'Ver los estantes', after: 'Mirar los estantes' }

/** From now on the operator works with a bookstore whose first page says something else. */
export async function takeOtherRelease(operator: Operator): Promise<void> {
  const folder = join(operator.folder, 'other')
  await copySources(folder)
  const spanish = join(folder, 'web/i18n/es.ts')
  await writeFile(spanish, (await readFile(spanish, 'utf8')).replace(words.before, words.after))
  operator.launcher = join(folder, 'bin/bookstore')
}
