import { join } from 'node:path'
import { commandUnit, type ServiceUnit, serviceUnit, type UnitFile } from '../../../templates/systemd/service-unit.ts'
import { type ServiceKind, type ServiceName, services } from '../../shop/services.ts'
import { machine, type Runtime, type Slot, shopUser, slots } from '../layout.ts'

export interface UnitSettings {
  /** Megabytes that each process may keep in its heap. */
  heapMb: number
  /** Of the machine that has the database, when it is another one. */
  databaseAddress?: string
  /** The covers are another machine's. */
  coversMounted?: boolean
}

/** Templates of units for all processes of the shop, and for what they do once. Each is a `systemd-unit` item. */
export function shopUnits(settings: UnitSettings): readonly UnitFile[] {
  return services.flatMap((service) => {
    const unit = unitOf(service, settings)
    return [serviceUnit(unit), ...commandsOf(service).map((command) => commandUnit(unit, command))]
  })
}

/** What a service can be asked to do once. */
function commandsOf({ name, database }: ServiceKind): string[] {
  const more: Partial<Record<ServiceName, string>> = { catalog: 'seed', sales: 'reconcile' }
  return [...(database ? ['migrate'] : []), ...[more[name] ?? []].flat()]
}

function unitOf({ name, database, credentials }: ServiceKind, settings: UnitSettings): ServiceUnit {
  const { heapMb, databaseAddress, coversMounted = false } = settings
  const covers = name === 'catalog' ? [machine.covers] : []
  const files = Object.entries(credentials).map(([credential, secret]) => [credential, join(machine.secrets, secret)])
  return {
    service: name,
    user: shopUser,
    slots: machine.slots,
    environments: join(machine.environments, name),
    workers: join(machine.active, 'workers'),
    credentials: Object.fromEntries(files),
    writable: [...slots.map((slot) => join(machine.run, slot)), ...covers],
    heapMb,
    databaseAddress: database ? databaseAddress : undefined,
    mounts: coversMounted ? covers : [],
  }
}

/** `catalog-1` of the slot `blue` is `bookstore-catalog@blue-1.service`. */
export interface Process {
  service: ServiceName
  slot: Slot
  number: number
  runtime: Runtime
}

export const unitName = ({ service, slot, number }: Omit<Process, 'runtime'>): string =>
  `bookstore-${service}@${slot}-${number}.service`

export const commandUnitName = ({ service, slot, number }: Omit<Process, 'runtime'>, command: string): string =>
  `bookstore-${service}-${command}@${slot}-${number}.service`

/** As it calls itself in its log, and in the names of its sockets. */
export const processName = ({ service, number }: Pick<Process, 'service' | 'number'>): string => `${service}-${number}`

/** Reads what `unitName` writes; undefined for every other unit. */
export function parseUnitName(unit: string): Process | undefined {
  const [, service, slot, number] = /^bookstore-(\w+)@(blue|green)-(\d+)\.service$/.exec(unit) ?? []
  const known = services.find(({ name }) => name === service)
  return known && { service: known.name, slot: slot as Slot, number: Number(number), runtime: 'systemd' }
}

/** All processes of a slot with so many of each service. */
export function processesOf(slot: Slot, instances: number, runtime: Runtime = 'systemd'): readonly Process[] {
  return services.flatMap(({ name }) =>
    Array.from({ length: instances }, (_, index) => ({ service: name, slot, number: index + 1, runtime })),
  )
}
