import { alarms } from '../aws/alarms/alarms.ts'
import { bucket, bucketName } from '../aws/bucket/bucket.ts'
import { certificate, type KeptForMachine } from '../aws/certificate/certificate.ts'
import { certificateRequest } from '../aws/certificate/request.ts'
import { type ElasticIp, elasticIp, elasticIpAssociation } from '../aws/elastic-ip/elastic-ip.ts'
import { instance } from '../aws/instance/instance.ts'
import type { Instance, InstanceWish } from '../aws/instance/state.ts'
import { instanceProfile } from '../aws/instance-profile/instance-profile.ts'
import { keyPair } from '../aws/key-pair/key-pair.ts'
import { HostKeys } from '../aws/machine/host-key.ts'
import { nameRecord } from '../aws/name-record/name-record.ts'
import { defaultNetwork } from '../aws/network/network.ts'
import { Parameters } from '../aws/parameters.ts'
import type { AwsResource } from '../aws/resource.ts'
import { role, roleName } from '../aws/role/role.ts'
import { securityGroup } from '../aws/security-group/security-group.ts'
import { type SshKey, sshKey } from '../aws/ssh-key/ssh-key.ts'
import type { AwsStack } from '../aws/stack.ts'
import { topic } from '../aws/topic/topic.ts'
import { dedicatedNetwork } from '../aws/vpc/dedicated.ts'
import type { DnsProvider } from '../dns/provider.ts'
import type { Resource } from '../engine/resource.ts'
import type { AwsSettings, Site } from '../site.ts'

/** All that is made at AWS for a shop on one machine. */
export interface AwsBlueprint {
  readonly stack: AwsStack
  readonly parameters: Parameters
  readonly hostKeys: HostKeys
  readonly key: AwsResource<unknown, SshKey>
  readonly machine: AwsResource<InstanceWish, Instance>
  readonly address: AwsResource<unknown, ElasticIp>
  /** Undefined where people make DNS records by hand: then the machine's agent asks for them. */
  readonly certificate: AwsResource<unknown, KeptForMachine> | undefined
  /** Those of AWS alone: what may be asked of them is declared with them. */
  readonly owned: readonly AwsResource[]
  /** With the records of the names. */
  readonly resources: readonly Resource[]
}

/** Pure: nothing is asked before the graph is planned. */
export function awsBlueprint(site: Site, stack: AwsStack, provider: DnsProvider): AwsBlueprint {
  const settings = site.aws as AwsSettings
  const { aws } = stack
  const parameters = new Parameters(stack)
  const hostKeys = new HostKeys(stack, parameters)
  const names = [site.domain, ...site.aliases]

  const dedicated = settings.vpc === 'dedicated' ? dedicatedNetwork(stack, settings.instanceType) : undefined
  const network = dedicated?.network ?? defaultNetwork(aws)
  const key = sshKey(stack, parameters)
  const pair = keyPair(stack, key)
  const group = securityGroup(stack, {
    operators: settings.operators,
    vpcId: (ctx) => network.vpcId(ctx),
    dependsOn: network.dependsOn.slice(0, 1),
  })
  const backups = bucket(stack)
  const machineRole = role(stack, {
    partition: stack.partition,
    region: aws.region,
    account: stack.account,
    bucket: bucketName(stack),
    challenges: site.dns.provider === 'route53' ? names : [],
    hostedZone: site.dns.provider === 'route53' ? site.dns.hostedZone : undefined,
  })
  const profile = instanceProfile(stack, [machineRole.address])
  const machine = instance(stack, {
    network,
    hostKeys,
    type: settings.instanceType,
    image: settings.image,
    architecture: settings.architecture,
    volumeGb: settings.volumeGb,
    profile: roleName(stack),
    group: () => group.seen()?.id,
    dependsOn: [pair.address, group.address, profile.address, ...network.dependsOn],
  })
  const address = elasticIp(stack)
  const association = elasticIpAssociation(stack, address, machine)
  const told = site.alerts === undefined ? undefined : topic(stack, site.alerts)
  const watched = alarms(stack, machine, told)
  const signed = provider.byHand
    ? undefined
    : certificate(stack, {
        ...{ parameters, hostKeys, provider, names },
        authority: site.certificates.directory,
        request: () => certificateRequest(site),
      })
  const owned = [
    ...(dedicated?.resources ?? []),
    key,
    pair,
    group,
    backups,
    machineRole,
    profile,
    address,
    machine,
    association,
    ...(told ? [told] : []),
    watched,
    ...(signed ? [signed] : []),
  ] as readonly AwsResource[]
  const records = provider.byHand ? [] : names.map((name) => nameRecord(provider, name, address))
  return {
    ...{ stack, parameters, hostKeys, key, machine, address, certificate: signed, owned },
    resources: [...owned, ...records],
  }
}
