import type { AwsBlueprint } from '../../blueprints/aws.ts'
import { BookstoreError } from '../../engine/errors.ts'
import type { Address, Context } from '../../engine/resource.ts'
import type { MachineSettings, Site } from '../../site.ts'
import type { Connection } from '../../ssh/connection.ts'
import { replaceKeys } from '../../ssh/known-hosts.ts'
import type { Operator } from '../../targets/operator.ts'
import { enter, knownHostsOf } from '../../vm/enter.ts'
import { until } from '../until.ts'
import type { HostKeys } from './host-key.ts'

const address: Address = 'host.entrance/web'
/** A machine is there within a minute or two. In rehearsals where nobody boots BOOKSTORE_AWS_BOOT_MS says how long. */
const bootMs = 420_000
/** It answers, or lets nobody in, while cloud-init is still at work. */
const notYet = ['ssh-unreachable', 'ssh-denied', 'ssh-lost']

/** Waits until a machine that was made lets us in, and gives it a host key that was never anywhere else. */
export async function firstEntrance(
  site: Site,
  operator: Operator,
  { hostKeys }: AwsBlueprint,
  ctx: Context,
): Promise<void> {
  const machine = site.vm?.machines[0]
  if (!machine || !(await hostKeys.areInjected(ctx))) return
  const shown = { address, label: 'first entrance', action: 'create' } as const
  const started = ctx.clock.now().getTime()
  const durationMs = () => ctx.clock.now().getTime() - started
  ctx.emit({ type: 'step-started', ...shown })
  try {
    const entrance = new Entrance(site, operator, machine, ctx)
    const connection = await entrance.whenUp()
    await rotate(connection, hostKeys, entrance, ctx)
    ctx.emit({ type: 'step-finished', ...shown, detail: 'with a host key of its own', durationMs: durationMs() })
  } catch (error) {
    const { code = 'unexpected', message } = error as BookstoreError
    ctx.emit({ type: 'step-failed', ...shown, code, message, durationMs: durationMs() })
    throw error
  }
}

class Entrance {
  readonly #site: Site
  readonly #operator: Operator
  readonly #machine: MachineSettings
  readonly #ctx: Context

  constructor(site: Site, operator: Operator, machine: MachineSettings, ctx: Context) {
    this.#site = site
    this.#operator = operator
    this.#machine = machine
    this.#ctx = ctx
  }

  now(): Promise<Connection> {
    return enter(this.#site, this.#machine, this.#operator, this.#ctx)
  }

  whenUp(): Promise<Connection> {
    const attempt = () =>
      this.now().catch((error: unknown) => {
        if (error instanceof BookstoreError && notYet.includes(error.code)) return undefined
        throw error
      })
    const patienceMs = Number(this.#operator.environment.BOOKSTORE_AWS_BOOT_MS ?? bootMs)
    return until(attempt, { address, what: 'the machine lets us in', patienceMs }, this.#ctx)
  }

  /** Only these are good from now on. */
  expect(publicKeys: readonly string[]): Promise<void> {
    return replaceKeys(knownHostsOf(this.#site), this.#machine, publicKeys)
  }
}

const key = '/etc/ssh/ssh_host_ed25519_key'

/** Made once, however often it is run, until it is put in the place of the other. */
const make = `
set -e
[ -s ${key}.next.pub ] || { rm -f ${key}.next; ssh-keygen -q -t ed25519 -N '' -C '' -f ${key}.next; }
cat ${key}.next.pub`

const exchange = `
set -e
if [ -s ${key}.next ]; then mv -f ${key}.next.pub ${key}.pub; mv -f ${key}.next ${key}; fi
systemctl reload-or-restart ssh.service 2>/dev/null || systemctl reload-or-restart sshd.service`

/**
 * The key of the user data can be read by every process of the machine and by everybody who may look at the instance, so
 * it is good for the first connection only. The next one is made on the machine and never leaves it. Killed anywhere in
 * between, the machine shows a key that is known.
 */
async function rotate(connection: Connection, keys: HostKeys, entrance: Entrance, ctx: Context): Promise<void> {
  let publicKey: string
  try {
    const { stdout } = await connection.run(['sh', '-c', make], { timeoutMs: 60_000, signal: ctx.signal })
    publicKey = stdout.trim()
    await keys.announce(publicKey, ctx)
    await connection.run(['sh', '-c', exchange], { timeoutMs: 60_000 })
  } finally {
    connection.close()
  }
  await entrance.expect([publicKey])
  const again = await entrance.whenUp()
  again.close()
  await keys.rotated(publicKey, ctx)
}
