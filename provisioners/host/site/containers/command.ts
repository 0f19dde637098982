import { commandOf } from '../../../../templates/docker/compose-file.ts'
import type { ServiceName } from '../../../shop/services.ts'
import type { Host } from '../../host.ts'
import { commandMs, type ShopCommand } from '../shop/commands.ts'
import { commandFailed } from '../shop/failures.ts'
import { wordsIn } from '../shop/log-tail.ts'
import type { PreparedSlot } from '../shop/slot.ts'
import { compose } from './docker.ts'
import { containersOf } from './prepare.ts'

/** Runs a command of one service in a container of its own, to its end. @throws 'migration-failed', 'seed-failed'. */
export async function runInContainer(
  host: Host,
  { slot, settings }: PreparedSlot,
  service: ServiceName,
  command: ShopCommand,
  signal: AbortSignal,
): Promise<void> {
  const container = (await containersOf(slot, settings)).find((each) => each.service === service)
  if (!container) throw new Error(`no container of ${service}`)
  const words = ['run', '--rm', '--no-deps', '-T', container.process, ...commandOf(container, command)]
  const options = { accept: [0, 1, 2, 125, 126, 127, 137, 139, 143], timeoutMs: commandMs, signal }
  const { code, stdout, stderr } = await compose(host, slot, words, options)
  if (code !== 0) throw commandFailed(service, command, wordsIn(`${stdout}\n${stderr}`).slice(-20))
}
