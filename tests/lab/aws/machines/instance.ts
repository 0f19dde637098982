import type { Flavor } from '../../images.ts'
import type { Lab } from '../../lab.ts'
import type { Machine } from '../../machine/machine.ts'

export interface InstanceRequest {
  id: string
  /** '#cloud-config …' or a script; '' for none. */
  userData: string
  publicKey: string | undefined
  /** Whom the key lets in. */
  user: string
  packages: Flavor
  /** Of every unit of it. */
  environment: Record<string, string>
}

/** The machine of one instance. What is asked of it is done one after the other, and not waited for. */
export class InstanceMachine {
  readonly id: string
  /** Undefined until it has a place in the lab. */
  address: string | undefined
  /** Further addresses that it has now. */
  readonly aliases = new Set<string>()
  booted = false
  gone = false
  #machine: Machine | undefined
  #work: Promise<void>
  #waiting = 0
  #printed = ''

  private constructor(id: string, work: Promise<void>) {
    this.id = id
    this.#work = work
  }

  /** Resolves when it has its address, before it has booted. @throws Error when the lab has no room for it. */
  static async launch(lab: Lab, request: InstanceRequest): Promise<InstanceMachine> {
    const { id, userData, publicKey, user, packages, environment } = request
    const instance = new InstanceMachine(id, Promise.resolve())
    await new Promise<void>((placed, failed) => {
      const metaData = { 'instance-id': id, ...(publicKey ? { 'public-keys': publicKey } : {}) }
      const cloudInit = { userData: userData || '#cloud-config\n{}\n', metaData, defaultUser: user, environment }
      const onPlace = (address: string) => {
        instance.address = address
        placed()
      }
      instance.#do(async () => {
        try {
          instance.#machine = await lab.machine({ name: id, packages, cloudInit, onPlace })
          instance.booted = true
        } catch (error) {
          instance.gone = true
          failed(error)
        }
      })
    })
    return instance
  }

  /** True while something that was asked of it is under way, its first boot excepted. */
  get moving(): boolean {
    return this.#waiting > 0 && (this.#machine !== undefined || this.#waiting > 1)
  }

  /** What it has printed, cloud-init with it, which speaks on the console of a virtual machine. */
  async console(): Promise<string> {
    const machine = this.#machine
    const log = await machine?.run(['cat', '/var/log/cloud-init-output.log']).catch(() => undefined)
    this.#printed = log?.status === 0 ? log.stdout : this.#printed
    return (machine?.console() ?? '') + this.#printed
  }

  /** The last number of its address. */
  get host(): number {
    return Number(this.address?.split('.').at(-1))
  }

  start(): void {
    this.#do(async () => {
      await this.#machine?.start()
      this.booted = true
    })
  }

  stop(): void {
    this.#do(async () => {
      this.booted = false
      await this.#machine?.stop()
    })
  }

  reboot(): void {
    this.#do(async () => {
      await this.#machine?.reboot()
    })
  }

  terminate(): void {
    this.#do(async () => {
      await this.#machine?.close()
      this.gone = true
    })
  }

  /** Resolves when nothing that was asked of it is left to do. */
  async settled(): Promise<void> {
    await this.#work
  }

  #do(work: () => Promise<void>): void {
    this.#waiting += 1
    // A lab that is being closed ends what is under way; that is no failure of the account.
    this.#work = this.#work.then(work).catch(() => {})
    this.#work.then(() => {
      this.#waiting -= 1
    })
  }
}
