import { memoryMb, nodeFlags, stopSeconds } from '../systemd/service-unit.ts'
import { releaseInImage } from './image.ts'

/** One process of a slot, as a container. */
export interface ContainerSpec {
  /** 'catalog-1': its key in the file. */
  process: string
  /** 'bookstore-blue-catalog-1' */
  name: string
  service: string
  image: string
  /** Numbers, '998:998': an image knows no user of the machine. */
  user: string
  /** Nothing secret: anybody who may ask Docker can read it. */
  environment: Readonly<Record<string, string>>
  /** A file that is there while workers shall begin awake. */
  awake: string
  /** Folders of the machine; each has the same path inside. */
  readable: readonly string[]
  writable: readonly string[]
  /** Folder of its credentials on the machine. */
  credentials: string
  heapMb: number
  /** 'none', or the machine's own for one whose database is on another machine. */
  network: 'none' | 'host'
  /** Processes that have to be stopped after it. */
  before: readonly string[]
  labels: Readonly<Record<string, string>>
}

/** Where a container finds its credentials; what it is told of in CREDENTIALS_DIRECTORY. */
export const credentialsInContainer = '/run/credentials'

/** The file of a slot's containers, for Compose 1.27 and newer. It is JSON, which is YAML too. */
export function composeFile(containers: readonly ContainerSpec[]): string {
  const services = Object.fromEntries(containers.map((each) => [each.process, serviceOf(each)]))
  return `${JSON.stringify({ services }, undefined, 1).replaceAll('$', '$$$$')}\n`
}

/** What starts it, or a `command` of it, in its image. */
export function commandOf({ awake, service, heapMb }: ContainerSpec, ...command: string[]): readonly string[] {
  const program = `${releaseInImage}/services/${service}.mjs`
  return [awake, `${releaseInImage}/bin/node`, ...nodeFlags(heapMb), program, ...command]
}

/** As closed as the units are (templates/systemd/hardening.ts): no network but for a database elsewhere, no capability, nothing to write but sockets. */
function serviceOf(spec: ContainerSpec) {
  const { high, most } = memoryMb(spec.heapMb)
  return {
    image: spec.image,
    container_name: spec.name,
    command: commandOf(spec),
    environment: { ...spec.environment, CREDENTIALS_DIRECTORY: credentialsInContainer },
    volumes: [
      bind(spec.credentials, true, credentialsInContainer),
      ...spec.readable.map((path) => bind(path, true)),
      ...spec.writable.map((path) => bind(path, false)),
    ],
    user: spec.user,
    labels: spec.labels,
    network_mode: spec.network,
    read_only: true,
    tmpfs: ['/tmp:mode=1777,size=64m'],
    cap_drop: ['ALL'],
    security_opt: ['no-new-privileges:true'],
    mem_reservation: `${high}m`,
    mem_limit: `${most}m`,
    memswap_limit: `${most}m`,
    pids_limit: 64,
    oom_score_adj: 200,
    ulimits: { nofile: 16_384, core: 0 },
    restart: 'unless-stopped',
    stop_grace_period: `${stopSeconds}s`,
    logging: { driver: 'journald', options: { tag: `bookstore-${spec.process}` } },
    depends_on: spec.before,
  }
}

function bind(source: string, readOnly: boolean, target = source) {
  return { type: 'bind', source, target, read_only: readOnly }
}
