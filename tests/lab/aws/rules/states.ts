import type { Call } from '../calls.ts'
import { errorAnswer } from '../front/errors.ts'
import { children, type Element, everywhere, find, parseXml, setText, textOf, writeXml } from '../front/xml.ts'
import type { World } from '../world.ts'
import { objects, type Rule, sameAnswer, text, texts } from './rule.ts'

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceState.html */
const codes: Record<string, number> = {
  pending: 0,
  running: 16,
  'shutting-down': 32,
  terminated: 48,
  stopping: 64,
  stopped: 80,
}

/** What a state that the emulator has at once looks like until it is reached. */
const before: Record<string, string> = { running: 'pending', terminated: 'shutting-down', stopped: 'stopping' }

/** Instances take their time from one state to the next, and callers may ask for those in one state. */
export const states: Rule = {
  page: 'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-lifecycle.html',
  async before(call, world) {
    if (call.service !== 'ec2') return undefined
    const named = [...texts(call, 'InstanceId'), text(call, 'InstanceId')].filter(Boolean)
    const moving = named.find((id) => isMoving(world, id))
    // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    if (
      moving &&
      ['AssociateAddress', 'StartInstances', 'CreateImage', 'ModifyInstanceAttribute'].includes(call.action)
    )
      return errorAnswer(
        call,
        'IncorrectInstanceState',
        `The instance '${moving}' is not in a state from which this can be done`,
      )
    return undefined
  },
  after(call, answer, world) {
    if (call.service !== 'ec2' || answer.status >= 300) return undefined
    if (/^(Run|Start|Stop|Terminate)Instances$/.test(call.action)) {
      const moved = everywhere(parseXml(answer.body.toString()), 'item').filter((it) => changes(call, it))
      for (const item of moved) world.changed.set(textOf(item, 'instanceId'), Date.now())
      return undefined
    }
    if (call.action !== 'DescribeInstances' && call.action !== 'DescribeInstanceStatus') return undefined
    const document = parseXml(answer.body.toString())
    const wanted = wantedStates(call)
    for (const set of [...everywhere(document, 'instancesSet'), ...everywhere(document, 'instanceStatusSet')]) {
      for (const item of children(set, 'item')) show(item, world)
      if (wanted)
        set.children = set.children.filter(
          (it) => typeof it === 'string' || wanted.includes(textOf(it, 'instanceState', 'name')),
        )
    }
    return sameAnswer(answer, writeXml(document))
  },
}

/** Repeating what has happened already starts no new transition. */
function changes(call: Call, item: Element): boolean {
  if (!textOf(item, 'instanceId')) return false
  if (call.action === 'RunInstances') return true
  const [from, to] = [textOf(item, 'previousState', 'name'), textOf(item, 'currentState', 'name')]
  return from !== to && before[from] !== to && from !== ''
}

function isMoving(world: World, id: string): boolean {
  return Date.now() - (world.changed.get(id) ?? 0) < world.timing.transition || world.machines.moving(id)
}

function show(item: Element, world: World): void {
  const id = textOf(item, 'instanceId')
  const state = find(item, 'instanceState')
  if (!state) return
  const earlier = before[textOf(state, 'name')]
  if (earlier && isMoving(world, id)) {
    setText(state, 'name', earlier)
    setText(state, 'code', String(codes[earlier]))
  }
  // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitoring-system-instance-status-check.html
  for (const status of [find(item, 'instanceStatus'), find(item, 'systemStatus')])
    if (status && (earlier === undefined || isMoving(world, id) || world.machines.booted(id) === false)) {
      setText(status, 'status', 'initializing')
      for (const detail of everywhere(status, 'item')) setText(detail, 'status', 'initializing')
    }
}

/** Of the filter by state, which the emulator applies to what it has, and we to what is shown. */
function wantedStates(call: Call): string[] | undefined {
  const filter = objects(call, 'Filter').find((it) => it.Name === 'instance-state-name')
  return Array.isArray(filter?.Value) ? filter.Value.filter((it) => typeof it === 'string') : undefined
}

/** The states that the emulator may have things in that are shown in one of `wanted`. */
export function statesToAskFor(wanted: readonly string[]): string[] {
  const more = Object.entries(before).flatMap(([after, earlier]) => (wanted.includes(earlier) ? [after] : []))
  return [...new Set([...wanted, ...more])]
}
