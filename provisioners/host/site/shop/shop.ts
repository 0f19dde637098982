import { briefly, changeOf, define, freely } from '../../../engine/define.ts'
import type { Context, FieldChange } from '../../../engine/resource.ts'
import { Secret } from '../../../engine/secret.ts'
import { digestOf } from '../../../shop/secrets.ts'
import { services } from '../../../shop/services.ts'
import type { Host } from '../../host.ts'
import { type ItemBase, itemKind } from '../../item.ts'
import { forgetImages } from '../containers/image.ts'
import { databaseAuthoritySecret } from '../postgres/certificate-files.ts'
import { processesOf, processName } from '../units.ts'
import { activate } from './activate.ts'
import { enableProcesses, isUp, knownProcesses, readProcesses, stopProcesses, workersOf } from './processes.ts'
import { sayTo } from './say.ts'
import { differencesOf, type ShopSettings, shopSchema } from './settings.ts'
import { isOneOf, settle } from './settle.ts'
import { activeSlot, type PreparedSlot, switchTo } from './slot.ts'

interface State extends PreparedSlot {
  /** Processes of the slot that serves which do not run, or will not after the next boot. */
  down: readonly string[]
  /** Those whose workers do not work. */
  asleep: readonly string[]
  /** Processes that nobody is served by. */
  surplus: readonly string[]
}

/**
 * The release that serves, and all that its processes are told. Another release, or another setting, is started beside
 * the one that serves, tried out, and then takes over without a request being lost.
 *
 * Wants first: `nginx-site`, the units of `shopUnits`, `postgres-database` for each service (or the certificate and
 * passwords of another machine's), the secrets `database-*`, `webhook-secret`, `cart-key`, `signing-key-key`, the folder
 * of covers (owner `bookstore`), and the release, unpacked.
 */
export const shop = itemKind<ShopSettings>({ kind: 'shop', schema: shopSchema, resource })

function resource(base: ItemBase, wanted: ShopSettings, host: Host) {
  return define<ShopSettings, State>({
    ...base,
    desired: async () => ({ ...wanted, ...(await toldTo(host, wanted)) }),
    read: () => readShop(host),
    diff: (desired, actual) => changeOf(...changes(desired, actual)),
    ensure: async (desired, actual, ctx) => {
      await bringAbout(base, desired, actual, host, ctx)
      return (await readShop(host)) as State
    },
    async remove() {
      const known = await knownProcesses(host)
      await switchTo(undefined)
      await enableProcesses(
        host,
        known.filter(({ enabled }) => enabled),
        false,
      )
      await stopProcesses(host, known.filter(isUp))
    },
    detail: ({ settings, slot }) => `${settings.release.slice(0, 12)}, ${slot}`,
    cost: (action) => (action === 'delete' ? briefly : freely),
  })
}

/**
 * Secrets that are made here never change. Those of another machine do when it was lost and made anew; while it is being
 * planned they may not be there yet.
 */
async function toldTo(host: Host, { database }: ShopSettings): Promise<Pick<ShopSettings, 'secrets'>> {
  if (!database) return {}
  const names = new Set(services.flatMap(({ credentials }) => Object.values(credentials)))
  const digests = [...names, databaseAuthoritySecret].map((name) => host.secret(name).then(digestOf, () => 'none'))
  return { secrets: digestOf(new Secret((await Promise.all(digests)).join())) }
}

/** `undefined` before the first activation. Changes nothing. */
async function readShop(host: Host): Promise<State | undefined> {
  const active = await activeSlot()
  if (!active) return undefined
  const own = processesOf(active.slot, active.settings.instances, active.settings.runtime)
  const [states, known, workers] = await Promise.all([
    readProcesses(host, own),
    knownProcesses(host),
    Promise.all(own.map(workersOf)),
  ])
  return {
    ...active,
    down: states.filter(({ active, enabled }) => active !== 'active' || !enabled).map(processName),
    asleep: own.filter((_, position) => workers[position] !== 'awake').map(processName),
    surplus: known.filter((each) => !isOneOf(each, active) && (isUp(each) || each.enabled)).map(processName),
  }
}

function changes(wanted: ShopSettings, { settings, down, asleep, surplus }: State): (FieldChange | false)[] {
  const mending = [
    down.length > 0 && { field: 'processes', from: `${down.join(', ')} down`, to: 'all of them up' },
    down.length === 0 && asleep.length > 0 && { field: 'workers', from: `${asleep.join(', ')} asleep`, to: 'awake' },
    surplus.length > 0 && { field: 'other slot', from: `${surplus.join(', ')} up`, to: 'stopped' },
  ]
  const others = differencesOf(wanted, settings).map((name) => ({
    field: name,
    from: settings[name],
    to: wanted[name],
  }))
  return [...others, ...mending]
}

/** What serves as it should is only mended where it stands. */
async function bringAbout(
  { address }: ItemBase,
  wanted: ShopSettings,
  found: State | undefined,
  host: Host,
  ctx: Context,
): Promise<void> {
  if (found && differencesOf(wanted, found.settings).length === 0) {
    return settle(host, { slot: found.slot, settings: wanted }, sayTo(address, ctx), ctx)
  }
  await activate(host, wanted, { by: host.by, address }, ctx)
  if (wanted.runtime === 'docker') await forgetImages(host)
}
