import {
  DescribeAddressesCommand,
  DescribeInstancesCommand,
  DescribeKeyPairsCommand,
  DescribeSecurityGroupsCommand,
  type Instance,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2'
import { type Network, setAddress, setRules } from '../../box/network.ts'
import type { Flavor } from '../../images.ts'
import type { Lab } from '../../lab.ts'
import type { Addresses } from '../addresses.ts'
import type { Call } from '../calls.ts'
import type { Clients } from '../clients.ts'
import { publicImages } from '../core/images.ts'
import { errorAnswer } from '../front/errors.ts'
import type { WireAnswer } from '../front/wire.ts'
import { everywhere, parseXml, textOf } from '../front/xml.ts'
import { text } from '../rules/rule.ts'
import type { MachineStates } from '../world.ts'
import { firewallRules } from './firewall.ts'
import { InstanceMachine } from './instance.ts'
import { startMetadata } from './metadata.ts'
import { showPublicAddresses } from './public-addresses.ts'

export interface FleetOptions {
  lab: Lab
  core: Clients
  addresses: Addresses
  /** What a machine has when it is new: 'cloud' unless told. */
  packages: Flavor
}

/** The machines of all instances. The account leads: after each change of it the lab is made to follow. */
export class Fleet implements MachineStates {
  /** Of every unit of the machines to come: where this cloud is, which they would look for at AWS. */
  environment: Record<string, string> = {}
  readonly #options: FleetOptions
  readonly #network: Network
  readonly #instances = new Map<string, InstanceMachine>()
  #following: Promise<void> = Promise.resolve()
  #publicAddresses = 0

  constructor(options: FleetOptions) {
    this.#options = options
    this.#network = { lab: options.lab.id, prefix: options.lab.prefix, mtu: 0 }
  }

  moving(id: string): boolean {
    return this.#instances.get(id)?.moving ?? false
  }

  booted(id: string): boolean | undefined {
    return this.#instances.get(id)?.booted
  }

  async console(id: string): Promise<string | undefined> {
    return this.#instances.get(id)?.console()
  }

  /** Does to the machines what a call has done to the instances. */
  async follow(call: Call, answer: WireAnswer): Promise<WireAnswer> {
    if (call.service !== 'ec2' || /^(Describe|Get|List)/.test(call.action)) return answer
    const document = parseXml(answer.body.toString())
    const ids = everywhere(document, 'instanceId').map((it) => textOf(it))
    if (call.action === 'RunInstances') {
      const refused = await this.#launch(call, ids)
      if (refused) return refused
    }
    // An answer names no instance here.
    const listed = call.action === 'RebootInstances' ? idsOf(call) : ids
    for (const instance of listed.map((id) => this.#instances.get(id))) {
      if (call.action === 'StartInstances') instance?.start()
      if (call.action === 'StopInstances') instance?.stop()
      if (call.action === 'RebootInstances') instance?.reboot()
      if (call.action === 'TerminateInstances') instance?.terminate()
    }
    this.#following = this.#following.then(() => this.#reconcile())
    await this.#following
    return answer
  }

  /** Tells machines about themselves, and gives them the credentials of their roles, which it notes in `roles`. */
  metadata(roles: Map<string, string>): ReturnType<typeof startMetadata> {
    const instanceAt = (address: string) => [...this.#instances.values()].find((it) => it.address === address)?.id
    return startMetadata({ network: this.#network, core: this.#options.core, instanceAt, roles })
  }

  /** Resolves when no machine is being switched on or off. */
  async settled(): Promise<void> {
    await this.#following
    await Promise.all([...this.#instances.values()].map((it) => it.settled()))
  }

  async #launch(call: Call, ids: readonly string[]): Promise<WireAnswer | undefined> {
    const { core, lab, packages } = this.#options
    const [keyName, image] = [text(call, 'KeyName'), publicImages.find(({ id }) => id === text(call, 'ImageId'))]
    const asked = { KeyNames: [keyName], IncludePublicKey: true }
    const found = keyName ? (await core.ec2.send(new DescribeKeyPairsCommand(asked))).KeyPairs?.[0] : undefined
    const userData = Buffer.from(text(call, 'UserData'), 'base64').toString()
    const request = {
      userData,
      publicKey: found?.PublicKey?.trim(),
      user: image?.user ?? 'admin',
      packages,
      environment: this.environment,
    }
    try {
      for (const id of ids) this.#instances.set(id, await InstanceMachine.launch(lab, { ...request, id }))
      return undefined
    } catch (error) {
      await core.ec2.send(new TerminateInstancesCommand({ InstanceIds: [...ids] }))
      for (const id of ids) this.#instances.get(id)?.terminate()
      // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html#api-error-codes-table-server
      return errorAnswer(call, 'InsufficientInstanceCapacity', (error as Error).message, 500)
    }
  }

  async #reconcile(): Promise<void> {
    const { ec2 } = this.#options.core
    const [{ Reservations = [] }, { Addresses = [] }, { SecurityGroups = [] }] = await Promise.all([
      ec2.send(new DescribeInstancesCommand({})),
      ec2.send(new DescribeAddressesCommand({})),
      ec2.send(new DescribeSecurityGroupsCommand({})),
    ])
    const all = Reservations.flatMap((it) => it.Instances ?? [])
    const { addresses } = this.#options
    for (const { InstanceId = '', PrivateIpAddress } of all) {
      const place = this.#instances.get(InstanceId)?.address
      if (PrivateIpAddress && place) addresses.set(PrivateIpAddress, place)
    }
    showPublicAddresses(addresses, all, Addresses, () => this.#nextPublic())
    const wanted = (instance: Instance) => {
      if (instance.State?.Name === 'terminated') return []
      const elastic = Addresses.filter((it) => it.InstanceId === instance.InstanceId).map((it) => it.PublicIp ?? '')
      const own = instance.PublicIpAddress ? [instance.PublicIpAddress] : []
      return [...new Set([...elastic, ...own].map((it) => addresses.show(it)))]
    }
    const standing = all.flatMap((it) => {
      const machine = this.#instances.get(it.InstanceId ?? '')
      return machine?.address && !machine.gone ? [{ instance: it, machine }] : []
    })
    for (const there of [false, true])
      for (const { instance, machine } of standing) await this.#move(machine, wanted(instance), there)
    const members = (group: string) =>
      all.filter((it) => inGroup(it, group)).map((it) => addresses.show(it.PrivateIpAddress ?? ''))
    const rules = standing.map(({ instance, machine }) => {
      const groups = SecurityGroups.filter(({ GroupId = '' }) => inGroup(instance, GroupId))
      return [machine.host, firewallRules(groups, members)] as const
    })
    await setRules(this.#network, new Map(rules))
  }

  /** Takes away what it should not have, or gives what it should: an address leaves before it arrives. */
  async #move(machine: InstanceMachine, wanted: readonly string[], there: boolean): Promise<void> {
    const changed = there
      ? wanted.filter((it) => !machine.aliases.has(it))
      : [...machine.aliases].filter((it) => !wanted.includes(it))
    for (const address of changed) {
      await setAddress(this.#network, machine.host, address, there)
      if (there) machine.aliases.add(address)
      else machine.aliases.delete(address)
    }
  }

  /** From the end of the lab's range, where no machine comes so soon. */
  #nextPublic(): string {
    this.#publicAddresses += 1
    return `${this.#options.lab.prefix}.${255 - this.#publicAddresses}`
  }
}

function inGroup(instance: Instance, id: string): boolean {
  return instance.SecurityGroups?.some(({ GroupId }) => GroupId === id) ?? false
}

function idsOf({ parameters: { InstanceId } }: Call): string[] {
  return Array.isArray(InstanceId) ? InstanceId.filter((it) => typeof it === 'string') : []
}
