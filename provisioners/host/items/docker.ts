import { access } from 'node:fs/promises'
import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { dockerIsOurs, leaveDocker, prepareDaemon, strangersIn } from '../parts/our-docker.ts'
import { installPackages, leavePackage, readMemory } from '../parts/our-packages.ts'
import { removeImages } from '../site/containers/image.ts'

const schema = z.strictObject({})

interface State {
  engine: boolean
  compose: boolean
  running: boolean
}

const wanted: State = { engine: true, compose: true, running: true }

/**
 * Docker and Compose, whoever made them; what is missing of them comes from the distribution, and then Docker has no network
 * of its own. Delete removes our images, and switches off a Docker that came with us; the packages go with the others, unless
 * somebody else has begun to use Docker.
 */
export const docker = itemKind<z.output<typeof schema>>({ kind: 'docker', schema, resource })

function resource(base: ItemBase, _: unknown, host: Host) {
  return define<State, State>({
    ...base,
    desired: () => wanted,
    read: () => readState(host),
    diff: (desired, actual) =>
      changeOf(
        differs('Docker', actual.engine, desired.engine),
        differs('Compose', actual.compose, desired.compose),
        differs('running', actual.running, desired.running),
      ),
    ensure: async (desired, actual, ctx) => {
      const names = await missingPackages(host, actual)
      // One of ours that was left alone for a while is ours again.
      if (!actual?.engine || (await readMemory(host)).ours.includes('docker.io')) await prepareDaemon(host)
      if (names.length > 0) await installPackages(host, base.address, names, ctx)
      await host.run(['systemctl', 'enable', '--now', '--quiet', '--', 'docker.service'])
      return desired
    },
    remove: async (_, ctx) => {
      const { running } = (await readState(host)) ?? { running: false }
      if (running) await removeImages(host)
      if (!(await dockerIsOurs(host))) return
      const strangers = running ? await strangersIn(host) : []
      if (strangers.length === 0) return leaveDocker(host)
      await leavePackage(host, 'docker.io')
      const message = `Docker came with us and stays, since others use it: ${strangers.join(', ')}.`
      ctx.emit({ type: 'note', level: 'info', message })
    },
    cost: () => freely,
  })
}

async function readState(host: Host): Promise<State | undefined> {
  const [unit, compose] = await Promise.all([host.unit('docker.service'), hasCompose()])
  const engine = unit.load !== 'not-found'
  if (!engine && !compose) return undefined
  return { engine, compose, running: unit.active === 'active' && unit.file === 'enabled' }
}

/** Where Docker looks for its plugins, and where the program of its own was. */
const composePaths = [
  '/usr/libexec/docker/cli-plugins/docker-compose',
  '/usr/lib/docker/cli-plugins/docker-compose',
  '/usr/local/lib/docker/cli-plugins/docker-compose',
  '/usr/bin/docker-compose',
]

function hasCompose(): Promise<boolean> {
  return Promise.any(composePaths.map((path) => access(path))).then(
    () => true,
    () => false,
  )
}

async function missingPackages(host: Host, actual: State | undefined): Promise<readonly string[]> {
  const foreign = await host.package('docker-ce')
  const plugin = host.facts.distribution === 'ubuntu' ? 'docker-compose-v2' : 'docker-compose'
  return [
    ...(actual?.engine ? [] : ['docker.io']),
    ...(actual?.compose ? [] : [foreign === undefined ? plugin : 'docker-compose-plugin']),
  ]
}
