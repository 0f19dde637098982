import type { FaultPlan } from './faults.ts'

/** A bad day of a cloud: too many calls, errors, answers that never arrive after the effect. Enough to see that work goes on. */
export const badDay: FaultPlan = [
  { service: 'ec2', action: 'RunInstances', nth: 1, do: 'lose-answer' },
  { service: 'ec2', action: 'AllocateAddress', nth: 1, do: 'lose-answer' },
  { service: 'ec2', action: 'AssociateAddress', nth: 1, do: 'fail' },
  { service: 'ec2', action: 'TerminateInstances', nth: 1, do: 'lose-answer' },
  { service: 'ec2', where: ({ order }) => order % 5 === 0, do: 'throttle' },
  { service: 'ssm', where: ({ order }) => order % 7 === 0, do: 'throttle' },
  { service: 'iam', where: ({ order }) => order % 11 === 0, do: 'fail' },
  { service: 'route53', action: 'ChangeResourceRecordSets', nth: 1, do: 'throttle' },
]
