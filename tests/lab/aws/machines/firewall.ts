import type { IpPermission, SecurityGroup } from '@aws-sdk/client-ec2'

/** The private addresses of what is in a group, as callers see them. */
type Members = (groupId: string) => readonly string[]

/**
 * Rules of nftables for what reaches a machine in these groups. Answers come back whatever the rules say; they are told by
 * what they are, since this box may have no tracking of connections in bridges.
 * https://docs.aws.amazon.com/vpc/latest/userguide/security-group-rules.html
 */
export function firewallRules(groups: readonly SecurityGroup[], members: Members): string[] {
  const allowed = groups.flatMap(({ IpPermissions = [] }) => IpPermissions.flatMap((it) => allow(it, members)))
  return [
    'ether type arp accept',
    ...new Set(allowed),
    'tcp flags & (syn | ack) == syn drop',
    'udp sport { 53, 123 } accept',
    'meta l4proto udp drop',
    'icmp type echo-request drop',
  ]
}

function allow(permission: IpPermission, members: Members): string[] {
  const { IpRanges = [], UserIdGroupPairs = [] } = permission
  const sources = [
    ...IpRanges.map(({ CidrIp = '' }) => CidrIp),
    ...UserIdGroupPairs.flatMap(({ GroupId = '' }) => members(GroupId)),
  ]
  return sources.map((it) => `ip saddr ${it} ${what(permission)}accept`)
}

function what({ IpProtocol = '-1', FromPort = 0, ToPort = 65_535 }: IpPermission): string {
  if (IpProtocol === 'tcp' || IpProtocol === 'udp') return `${IpProtocol} dport ${FromPort}-${ToPort} `
  return IpProtocol === 'icmp' ? 'ip protocol icmp ' : ''
}
