import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { freeze, type Group, killQuietly, makeGroup, removeGroups } from '../box/cgroups.ts'
import { makeNamespace, type Network, namespaceOf, removeNamespace, setLink } from '../box/network.ts'
import type { Finished, RunOptions } from '../box/run.ts'
import { until } from '../box/until.ts'
import { fill, free } from './ballast.ts'
import { type Power, powerOn } from './boot.ts'
import { runInside } from './inside.ts'
import { copyUpper, type Layers, makeLayers, removeLayers } from './layers.ts'
import { limitMemory, type MemoryUse, memoryOf } from './memory.ts'
import { type CloudInit, forgetIdentity, type HostKey, readHostKeys, seed } from './seed.ts'

export interface MachineOptions {
  name: string
  user: 'root' | 'admin'
  network: Network
  /** Last number of its address. */
  host: number
  /** Layers that it starts from, the uppermost first. */
  layers: readonly string[]
  /** Folder of its own, which is not there yet. */
  folder: string
  key: { path: string; publicKey: string }
  resolvers: readonly string[]
  memoryMb?: number | undefined
  containers?: boolean | undefined
  exports?: boolean | undefined
  diskMb?: number | undefined
  cloudInit?: CloudInit | undefined
  signal: AbortSignal
  onPlace?: ((address: string) => void) | undefined
  /** Called when it has been thrown away. */
  onClose(): void
}

/** What a further machine can start from: `lab.machine({ from })`. Lives as long as its lab. */
export interface Snapshot {
  layers: readonly string[]
}

/** A Debian machine under systemd, in namespaces of this box. */
export class Machine {
  readonly name: string
  readonly address: string
  /** How an operator reaches it. */
  readonly ssh: { host: string; port: number; username: string; privateKeyPath: string }
  /** The public halves of its SSH host keys, as they were after the first boot. */
  hostKeys: readonly HostKey[] = []
  #options: MachineOptions
  #layers: Layers
  #group: Group
  #power: Power | undefined
  /** Counts boots, those that the machine asked for itself included. */
  #boots = 0
  #closed: Promise<void> | undefined

  private constructor(options: MachineOptions, address: string, layers: Layers, group: Group) {
    this.name = options.name
    this.address = address
    this.ssh = { host: address, port: 22, username: options.user, privateKeyPath: options.key.path }
    this.#options = options
    this.#layers = layers
    this.#group = group
  }

  /** Makes it and waits until it has booted. Nothing is left of one that does not. */
  static async create(options: MachineOptions): Promise<Machine> {
    const { network, host, folder, memoryMb, containers = false } = options
    try {
      const address = await makeNamespace(network, host)
      options.onPlace?.(address)
      const layers = await makeLayers(folder, options.layers, options)
      await seed(layers.root, { ...options, authorizedKey: options.key.publicKey })
      const group = await makeGroup(network.lab, namespaceOf(network.lab, host), { containers })
      if (memoryMb) await limitMemory(group, memoryMb)
      const machine = new Machine(options, address, layers, group)
      if (machine.#containers) await mkdir(machine.#containers)
      await machine.start()
      machine.hostKeys = await readHostKeys(layers.root)
      return machine
    } catch (error) {
      await discard(options)
      throw error
    }
  }

  /** Whether it is switched on. */
  get running(): boolean {
    return this.#power !== undefined
  }

  /** The last of what it has printed on its console since it was switched on; '' while it is off. */
  console(): string {
    return this.#power?.console() ?? ''
  }

  /** Runs a command in it as root, past network and sshd. A status other than 0 is an answer, not an error. */
  async run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
    const leader = await this.#power?.leader()
    if (!leader) throw new Error(`${this.name} is switched off`)
    return runInside(leader, this.#group.folders, argv, { signal: this.#options.signal, ...options })
  }

  /** `run`, and a status other than 0 is an error. Resolves with stdout. */
  async must(argv: readonly string[], options?: RunOptions): Promise<string> {
    const { status, stdout, stderr } = await this.run(argv, options)
    if (status === 0) return stdout
    throw new Error(`${this.name}: ${argv.join(' ')} ended with ${status}: ${(stderr || stdout).trim().slice(-2_000)}`)
  }

  /** Switches it on and waits until it has booted. Nothing happens when it is on. */
  async start(): Promise<void> {
    if (!this.#power) this.#powerOn()
    await this.#booted()
  }

  /** A folder below its own, so that both go together. */
  get #containers(): string | undefined {
    return this.#options.containers ? join(this.#options.folder, 'containers') : undefined
  }

  #powerOn(): void {
    const { network, host, name } = this.#options
    const namespace = namespaceOf(network.lab, host)
    const power = powerOn({
      root: this.#layers.root,
      name,
      namespace,
      groups: this.#group.folders,
      containers: this.#containers,
      exports: this.#options.exports ?? false,
    })
    this.#power = power
    this.#boots += 1
    power.ended.then(
      (end) => {
        // Switched on again in the meantime, or closed.
        if (this.#power !== power) return
        this.#power = undefined
        if (end === 'reboot') this.#powerOn()
      },
      () => {
        this.#power = undefined
      },
    )
  }

  /** Waits until systemd has started what it is to start, be it well or not; sshd is among it. */
  async #booted(): Promise<void> {
    const { signal } = this.#options
    const asked = async () => {
      if (!this.#power) throw new Error(`${this.name} went off while it booted`)
      const argv = ['systemctl', 'is-system-running', '--wait']
      const answer = await this.run(argv, { timeoutMs: bootMs }).catch(() => undefined)
      return /^(running|degraded)/.test(answer?.stdout ?? '')
    }
    await until(`${this.name} has booted`, asked, { signal, forMs: bootMs }).catch((error) => {
      throw new Error(`${error.message}; its console: ${this.#power?.console()}`, { cause: error })
    })
  }

  /** As `systemctl reboot` by an operator; resolves when it has booted again. */
  async reboot(): Promise<void> {
    const before = this.#boots
    await this.run(['systemctl', 'reboot']).catch(() => undefined)
    await until(`${this.name} is switched on again`, async () => this.#boots > before && this.running)
    await this.#booted()
  }

  /** A power cut: everything ends at once, nobody is told. */
  async kill(): Promise<void> {
    const power = this.#power
    if (!power) return
    this.#power = undefined
    // What is frozen would end later.
    if (this.#group.unified) await this.resume()
    await this.#off(power, async () => {
      const leader = await power.leader()
      if (leader) killQuietly(leader)
    })
  }

  /** Shuts it down in order. */
  async stop(): Promise<void> {
    const power = this.#power
    if (!power) return
    await this.run(['systemctl', 'poweroff']).catch(() => undefined)
    await this.#off(power)
  }

  /** Waits for the end of what was switched on; `push` is done again and again until then. */
  async #off(power: Power, push = async () => {}): Promise<void> {
    let off = false
    const ended = power.ended.finally(() => {
      off = true
    })
    await until(`${this.name} is off`, async () => {
      await push()
      return off
    })
    await ended
  }

  /** All its processes stand still; its address is there, nobody answers. */
  async pause(): Promise<void> {
    await freeze(this.#group.unified, true)
  }

  async resume(): Promise<void> {
    await freeze(this.#group.unified, false)
  }

  /** Pulls the cable out; `run` still works. */
  async cutLink(): Promise<void> {
    await setLink(this.#options.network.lab, this.#options.host, false)
  }

  async mendLink(): Promise<void> {
    await setLink(this.#options.network.lab, this.#options.host, true)
  }

  /** Leaves `freeKb` of its disk; `freeDisk` takes the ballast away. The machine must have been made with `diskMb`. */
  async fillDisk(freeKb = 0): Promise<void> {
    if (!this.#options.diskMb) throw new Error(`${this.name} has the box's disk: make it with diskMb`)
    await this.must(fill(freeKb))
  }

  async freeDisk(): Promise<void> {
    await this.must(free)
  }

  /** What it takes now, and has taken. */
  memory(): Promise<MemoryUse> {
    return memoryOf(this.#group)
  }

  /**
   * What the machine has become, without what makes it this one (machine id, host keys, authorised keys, cloud-init's
   * memory). A running machine is shut down for it and started again.
   */
  async snapshot(): Promise<Snapshot> {
    const wasRunning = this.running
    await this.stop()
    const folder = `${this.#options.folder}.snapshot-${this.#boots}`
    await copyUpper(this.#layers, folder)
    await forgetIdentity(folder)
    if (wasRunning) await this.start()
    return { layers: [folder, ...this.#layers.below] }
  }

  /** Throws it away. A second call does nothing. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    await this.kill()
    await discard(this.#options)
    this.#options.onClose()
  }
}

async function discard({ network, host, folder }: MachineOptions): Promise<void> {
  const name = namespaceOf(network.lab, host)
  await removeGroups(network.lab, name)
  await removeLayers(folder)
  await removeNamespace(name)
}

const bootMs = 180_000
