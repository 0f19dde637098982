import type { IpPermission } from '@aws-sdk/client-ec2'

/** One source that may reach one port, and how it is said to EC2. */
export interface Rule {
  /** 'tcp 22 from 203.0.113.0/24': equal for equal rules. */
  text: string
  permission: IpPermission
}

/** Who may come in: everybody to the shop, operators to SSH. Pure. */
export function wantedRules(operators: readonly string[]): Rule[] {
  const everybody = ['0.0.0.0/0', '::/0']
  return [
    ...[80, 443].flatMap((port) => everybody.map((cidr) => tcp(port, cidr, 'the shop'))),
    ...operators.map((cidr) => tcp(22, cidr, 'operators')),
  ]
}

/** Every source of every permission as a rule of its own. */
export function rulesOf(permissions: readonly IpPermission[] = []): Rule[] {
  return permissions.flatMap((permission) => {
    const { IpProtocol = '-1', FromPort, ToPort } = permission
    const base = {
      IpProtocol,
      ...(FromPort === undefined ? {} : { FromPort }),
      ...(ToPort === undefined ? {} : { ToPort }),
    }
    const rule = (source: string | undefined, part: IpPermission): Rule => ({
      text: `${portsOf(permission)} from ${source ?? '?'}`,
      permission: { ...base, ...part },
    })
    return [
      ...(permission.IpRanges ?? []).map(({ CidrIp }) => rule(CidrIp, { IpRanges: [{ CidrIp }] })),
      ...(permission.Ipv6Ranges ?? []).map(({ CidrIpv6 }) => rule(CidrIpv6, { Ipv6Ranges: [{ CidrIpv6 }] })),
      ...(permission.UserIdGroupPairs ?? []).map(({ GroupId }) => rule(GroupId, { UserIdGroupPairs: [{ GroupId }] })),
      ...(permission.PrefixListIds ?? []).map(({ PrefixListId }) =>
        rule(PrefixListId, { PrefixListIds: [{ PrefixListId }] }),
      ),
    ]
  })
}

function portsOf({ IpProtocol = '-1', FromPort, ToPort }: IpPermission): string {
  if (IpProtocol === '-1') return 'everything'
  return `${IpProtocol} ${FromPort === ToPort ? FromPort : `${FromPort}-${ToPort}`}`
}

function tcp(port: number, cidr: string, Description: string): Rule {
  const ranges = cidr.includes(':')
    ? { Ipv6Ranges: [{ CidrIpv6: cidr, Description }] }
    : { IpRanges: [{ CidrIp: cidr, Description }] }
  return {
    text: `tcp ${port} from ${cidr}`,
    permission: { IpProtocol: 'tcp', FromPort: port, ToPort: port, ...ranges },
  }
}
