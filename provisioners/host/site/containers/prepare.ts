import { chmod, mkdir, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { type ContainerSpec, composeFile } from '../../../../templates/docker/compose-file.ts'
import { makePrivateFolder, writeFileAtomic } from '../../../engine/files.ts'
import type { Context } from '../../../engine/resource.ts'
import { type ServiceName, serviceOf, services } from '../../../shop/services.ts'
import type { Host } from '../../host.ts'
import { ownerOf } from '../../items/owner.ts'
import { databaseSocketFolder, machine, type Slot, shopUser, upstreamFolder } from '../../layout.ts'
import { writeFileSpec } from '../../parts/file.ts'
import { slotFolder } from '../nginx/settings.ts'
import type { Say } from '../shop/say.ts'
import type { ShopSettings } from '../shop/settings.ts'
import { environmentOfProcess } from '../shop/slot.ts'
import { type Process, processesOf, processName } from '../units.ts'
import { containerName } from './docker.ts'
import { buildImage, imageName } from './image.ts'

/**
 * Leaves ready what the containers of a slot start from: image, credentials, `compose.yaml`. None of them runs.
 * @throws BookstoreError 'base-missing', 'image-failed'.
 */
export async function prepareContainers(host: Host, slot: Slot, settings: ShopSettings, say: Say, ctx: Context) {
  await makePrivateFolder(machine.containers)
  await buildImage(host, settings, say, ctx.signal)
  for (const { name } of services) await giveCredentials(slot, name)
  const containers = await containersOf(slot, settings)
  await writeFileAtomic(join(slotFolder(slot), 'compose.yaml'), composeFile(containers))
}

const credentialsOf = (slot: Slot, service: ServiceName) => join(machine.containers, slot, service)

/** A folder of its own for each service, with copies that only the shop's user can read. */
async function giveCredentials(slot: Slot, service: ServiceName): Promise<void> {
  const folder = credentialsOf(slot, service)
  await rm(folder, { recursive: true, force: true })
  await mkdir(folder, { recursive: true })
  // It belongs to root; who is in the container enters it through the mount.
  await chmod(folder, 0o755)
  const { credentials } = serviceOf(service)
  for (const [name, secret] of Object.entries(credentials)) {
    const content = await readFile(join(machine.secrets, secret), 'utf8')
    await writeFileSpec({ path: join(folder, name), content, owner: shopUser, group: shopUser, mode: '0400' })
  }
}

export async function containersOf(slot: Slot, settings: ShopSettings): Promise<readonly ContainerSpec[]> {
  const { uid, gid } = await ownerOf({ owner: shopUser, group: shopUser })
  const all = processesOf(slot, settings.instances, 'docker')
  return all.map((process) => containerOf(process, settings, `${uid}:${gid}`, all))
}

function containerOf(process: Process, settings: ShopSettings, user: string, all: readonly Process[]): ContainerSpec {
  const { slot, service, number } = process
  const later = callees(service)
  return {
    process: processName(process),
    name: containerName(process),
    service,
    image: imageName(settings),
    user,
    environment: environmentOfProcess(process, settings),
    awake: join(machine.active, 'workers', `${slot}-${number}`),
    readable: [machine.etc, upstreamFolder(slot), ...(settings.database ? [] : [databaseSocketFolder])],
    writable: [join(machine.run, slot), ...(service === 'catalog' ? [machine.covers] : [])],
    credentials: credentialsOf(slot, service),
    heapMb: settings.heapMb,
    network: settings.database && serviceOf(service).database ? 'host' : 'none',
    before: all.filter((each) => later.includes(each.service)).map(processName),
    labels: { 'bookstore.slot': slot },
  }
}

/** Callers are stopped first. */
function callees(service: ServiceName): readonly ServiceName[] {
  if (service === 'web') return ['gateway']
  if (service === 'gateway')
    return services.map(({ name }) => name).filter((name) => name !== 'web' && name !== 'gateway')
  return []
}
