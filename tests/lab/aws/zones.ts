import {
  ChangeResourceRecordSetsCommand,
  CreateHostedZoneCommand,
  ListResourceRecordSetsCommand,
  type ResourceRecordSet,
} from '@aws-sdk/client-route-53'
import type { NameServer } from '../names/name-server.ts'
import type { Call } from './calls.ts'
import type { Clients } from './clients.ts'
import type { WireAnswer, WireRequest } from './front/wire.ts'
import { everywhere, parseXml, textOf, writeXml } from './front/xml.ts'

/** Hosted zones of an account, and the real name servers that serve them where there are some. */
export class Zones {
  readonly #core: Clients
  readonly #zones: readonly string[]
  readonly #names: NameServer | undefined
  #writing: Promise<void> = Promise.resolve()

  constructor(core: Clients, zones: readonly string[], names: NameServer | undefined) {
    this.#core = core
    this.#zones = zones
    this.#names = names
  }

  /** Makes the zones, as if whoever owns the account had them for long. */
  async open(): Promise<void> {
    for (const zone of this.#zones) {
      const asked = { Name: zone, CallerReference: zone }
      const { HostedZone } = await this.#core.route53.send(new CreateHostedZoneCommand(asked))
      if (!this.#names) continue
      const ResourceRecords = this.#serversOf(zone).map((it) => ({ Value: `${it}.` }))
      const set: ResourceRecordSet = { Name: zone, Type: 'NS', TTL: 172_800, ResourceRecords }
      const ChangeBatch = { Changes: [{ Action: 'UPSERT' as const, ResourceRecordSet: set }] }
      await this.#core.route53.send(new ChangeResourceRecordSetsCommand({ HostedZoneId: HostedZone?.Id, ChangeBatch }))
    }
  }

  /** The names that names/config.ts gives them. */
  #serversOf(zone: string): string[] {
    return (this.#names?.servers ?? []).map((_, index) => `ns${index + 1}.${zone}`)
  }

  /** Lets the servers have what a call has changed, and callers see who serves a zone. */
  async follow(call: Call, request: WireRequest, answer: WireAnswer): Promise<WireAnswer> {
    if (call.service !== 'route53' || !this.#names) return answer
    if (call.action === 'ChangeResourceRecordSets') {
      const names = this.#names
      // One after the other: two changes of one name must not overtake each other.
      this.#writing = this.#writing.then(() => this.#write(names, String(call.parameters.Id), request))
      await this.#writing
      return answer
    }
    return call.action === 'GetHostedZone' ? this.#shown(answer) : answer
  }

  async #write(names: NameServer, HostedZoneId: string, { body }: WireRequest): Promise<void> {
    const changed = everywhere(parseXml(body.toString()), 'ResourceRecordSet').map(
      (it) => [textOf(it, 'Name').replace(/\.?$/, '.'), textOf(it, 'Type')] as const,
    )
    const { ResourceRecordSets = [] } = await this.#core.route53.send(
      new ListResourceRecordSetsCommand({ HostedZoneId }),
    )
    for (const [name, type] of changed) {
      const own = plain(name)
      if (type === 'SOA' || !this.#zones.some((zone) => own === zone || own.endsWith(`.${zone}`))) continue
      const sets = ResourceRecordSets.filter((it) => plain(it.Name) === own && it.Type === type)
      const values = sets.flatMap(({ ResourceRecords = [] }) => ResourceRecords.map(({ Value = '' }) => Value))
      await names.record(own, type, ...values)
    }
  }

  #shown(answer: WireAnswer): WireAnswer {
    const document = parseXml(answer.body.toString())
    const zone = textOf(everywhere(document, 'HostedZone')[0], 'Name').replace(/\.$/, '')
    if (!this.#zones.includes(zone)) return answer
    for (const set of everywhere(document, 'NameServers'))
      set.children = this.#serversOf(zone).map((it) => ({ name: 'NameServer', attributes: '', children: [it] }))
    return { ...answer, body: Buffer.from(writeXml(document)) }
  }
}

/** Names come with a dot at the end, and with octal codes: '\052.example.com.' */
function plain(name = ''): string {
  return name.replace(/\.$/, '').replace(/\\(\d{3})/g, (_, code) => String.fromCharCode(Number.parseInt(code, 8)))
}
