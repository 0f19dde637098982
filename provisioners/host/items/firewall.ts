import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import { writeFileAtomic } from '../../engine/files.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { machine } from '../layout.ts'
import { contentChange, plainFile, readFileState, writeFileSpec } from '../parts/file.ts'
import { type ManagedState, ManagedUnit, unitChanges } from '../parts/managed-unit.ts'
import { besideNftables, firewallUnit, LiveRules, rulesFor } from '../parts/nftables.ts'
import { Originals } from '../parts/originals.ts'
import { sshPorts } from '../parts/ssh-ports.ts'

const port = z.int().min(1).max(65_535)

const schema = z.strictObject({
  open: z.array(
    z.strictObject({
      port,
      protocol: z.enum(['tcp', 'udp']).default('tcp'),
      /** Addresses or networks that may; all unless told. */
      from: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).default([]),
    }),
  ),
  /** Ports of SSH that the operator uses. Those that sshd listens on are open in any case. */
  ssh: z.array(port).default([]),
})

type Firewall = z.output<typeof schema>

interface State {
  /** Texts of our two files. */
  rules: string
  beside: string
  unit: ManagedState | undefined
  /** The rules in the kernel are those that we loaded. */
  live: boolean
}

/**
 * What may come in: SSH, what is `open`, answers, ICMP, and the machine itself. Needs the package nftables.
 *
 * It is a table of our own, `inet bookstore`, loaded by a unit of our own, so that rules of others are neither flushed nor
 * known; what they refuse stays refused.
 */
export const firewall = itemKind<Firewall>({ kind: 'firewall', schema, resource, identity: () => 'inet bookstore' })

const path = `${machine.etc}/firewall.nft`
const beside = besideNftables(path)
const unitSpec = { ...firewallUnit(path), dropIn: false, enabled: true, running: true, restartOn: [], reloadOn: [path] }

function resource(base: ItemBase, spec: Firewall, host: Host) {
  const firewall = new FirewallOnHost(host)
  return define<string, State>({
    ...base,
    desired: async () => rulesFor({ ...spec, ssh: await sshPorts(host, spec.ssh) }),
    read: () => firewall.read(),
    diff: (desired, actual) =>
      changeOf(
        contentChange(desired, actual.rules),
        differs('rules', actual.live ? 'as loaded' : 'changed by hand, or gone', 'as loaded'),
        differs('beside nftables.service', actual.beside, beside.content),
        ...(actual.unit ? unitChanges(unitSpec, actual.unit) : [differs('unit', 'missing', 'running')]),
      ),
    ensure: (desired, actual) => firewall.ensure(desired, actual),
    remove: () => firewall.remove(),
    cost: () => freely,
  })
}

class FirewallOnHost {
  readonly #host: Host
  readonly #unit: ManagedUnit
  readonly #live: LiveRules
  readonly #originals: Originals

  constructor(host: Host) {
    this.#host = host
    this.#unit = new ManagedUnit(unitSpec, host)
    this.#live = new LiveRules(host)
    this.#originals = new Originals(host.memory)
  }

  async read(): Promise<State | undefined> {
    const [unit, rules, drop, live] = await Promise.all([
      this.#unit.read(),
      readFileState(path),
      readFileState(beside.path),
      this.#live.areAsLoaded(),
    ])
    if (!unit && !rules && !drop) return undefined
    return { unit, rules: rules?.content ?? '', beside: drop?.content ?? '', live }
  }

  /** A text that nftables refuses never replaces one that it took. */
  async ensure(rules: string, actual: State | undefined): Promise<State> {
    await this.#try(rules)
    await this.#write({ path, content: rules, mode: '0600' })
    if (actual?.beside !== beside.content) {
      await this.#write({ ...beside, mode: '0644' })
      await this.#host.reloadUnits()
    }
    const unit = await this.#unit.ensure(actual?.unit)
    await this.#live.load(path)
    return { rules, beside: beside.content, unit, live: true }
  }

  /** nft 1.0.9 of Ubuntu 24.04 reads files only, and no standard input that is none. @throws What nft says. */
  async #try(rules: string): Promise<void> {
    const trial = join(this.#host.memory, 'firewall.trial')
    await writeFileAtomic(trial, rules, 0o600)
    try {
      await this.#host.run(['nft', '--check', '--file', trial])
    } finally {
      await rm(trial, { force: true })
    }
  }

  async remove(): Promise<void> {
    await this.#originals.restore(beside.path)
    // Has systemd read its files again, and so forget what was beside the other one.
    await this.#unit.remove()
    await this.#live.forget()
    await this.#originals.restore(path)
  }

  async #write(file: { path: string; content: string; mode: string }): Promise<void> {
    await this.#originals.remember(file.path)
    await writeFileSpec({ ...plainFile, ...file })
  }
}
