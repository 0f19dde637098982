import { statesToAskFor } from '../rules/states.ts'
import type { ApiCall } from './read-call.ts'
import type { WireRequest } from './wire.ts'

/** The request as the emulator is to get it: with its own addresses, and asked for the states that things have there. */
export function rewrite(call: ApiCall, request: WireRequest, inward: (text: string) => string): WireRequest {
  if (call.service !== 'ec2') return request
  const fields = new URLSearchParams(request.body.toString('utf8'))
  for (const [name, value] of [...fields]) if (!/UserData|KeyMaterial/.test(name)) fields.set(name, inward(value))
  const filter = [...fields].find(
    ([name, value]) => /^Filter\.\d+\.Name$/.test(name) && value === 'instance-state-name',
  )
  if (filter && call.action === 'DescribeInstances') {
    const prefix = filter[0].replace(/Name$/, 'Value.')
    const wanted = [...fields].filter(([name]) => name.startsWith(prefix))
    for (const [name] of wanted) fields.delete(name)
    for (const [index, state] of statesToAskFor(wanted.map(([, value]) => value)).entries())
      fields.set(`${prefix}${index + 1}`, state)
  }
  return { ...request, body: Buffer.from(fields.toString()) }
}
