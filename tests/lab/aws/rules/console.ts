import { errorAnswer } from '../front/errors.ts'
import type { WireAnswer } from '../front/wire.ts'
import { type Rule, text } from './rule.ts'

/** The last 64 KB of what the machine has printed. */
export const consoleOutput: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_GetConsoleOutput.html',
  async before(call, world): Promise<WireAnswer | undefined> {
    if (call.service !== 'ec2' || call.action !== 'GetConsoleOutput') return undefined
    const id = text(call, 'InstanceId')
    const printed = await world.machines.console(id)
    if (printed === undefined)
      return world.changed.has(id) ? undefined : errorAnswer(call, 'InvalidInstanceID.NotFound', id)
    const output = Buffer.from(printed).subarray(-65_536).toString('base64')
    const body = `<GetConsoleOutputResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><instanceId>${id}</instanceId><timestamp>${new Date().toISOString()}</timestamp><output>${output}</output></GetConsoleOutputResponse>`
    return { status: 200, headers: { 'content-type': 'text/xml' }, body: Buffer.from(body) }
  },
}
