import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { distFolder } from '../../../provisioners/engine/root.ts'
import { machine as places } from '../../../provisioners/host/layout.ts'
import type { Item } from '../../../provisioners/host/manifest.ts'
import { type ErrorLine, isLast, type Line, type ResultLine } from '../../../provisioners/host/protocol.ts'
import type { Machine } from '../../lab/machine/machine.ts'

export interface Answer {
  status: number | null
  lines: Line[]
  last: ResultLine | ErrorLine | undefined
}

/** What a run says about itself, without what differs from run to run. */
export interface Planned {
  address: string
  action: string
  changes: { field: string; from: unknown; to: unknown }[]
}

const runtime = join(places.runtimes, 'test/bin/node')
const file = join(places.agents, 'test/host.mjs')

/** The agent of this build on a machine of the lab, asked the way an operator's side asks it, past SSH. */
export class AgentOn {
  readonly machine: Machine
  readonly command = [runtime, file]

  constructor(machine: Machine) {
    this.machine = machine
  }

  static async stage(machine: Machine): Promise<AgentOn> {
    const agent = new AgentOn(machine)
    await agent.stage()
    return agent
  }

  /** Puts runtime and agent there. */
  async stage(): Promise<void> {
    await this.#put(runtime, await readFile(process.execPath))
    await this.#put(file, await readFile(join(distFolder(), 'host.mjs')))
  }

  async #put(path: string, content: Uint8Array): Promise<void> {
    const script = 'mkdir -p "$(dirname "$1")" && cat >"$1.new" && chmod 755 "$1.new" && mv "$1.new" "$1"'
    await this.machine.must(['sh', '-c', script, 'sh', path], { input: content, timeoutMs: 120_000 })
  }

  async ask(verb: string, request: unknown = {}, words: readonly string[] = []): Promise<Answer> {
    const argv = [...this.command, verb, ...words]
    const input = JSON.stringify(request)
    const { status, stdout } = await this.machine.run(argv, { input, timeoutMs: 280_000 })
    return answerOf(status, stdout)
  }

  /** What a run resolved with. @throws Error with its last word when that is none. */
  async must(verb: string, request?: unknown): Promise<{ data: never; lines: Line[] }> {
    const { last, lines } = await this.ask(verb, request)
    if (last?.type !== 'result') throw new Error(`${verb}: ${JSON.stringify(last)}`)
    return { data: last.data as never, lines }
  }

  /** The steps of the plan for these items. */
  async plan(items: readonly Item[]): Promise<Planned[]> {
    const { data } = await this.must('plan', request(items))
    const { steps } = (data as { plan: { steps: Planned[] } }).plan
    return steps.map(({ address, action, changes }) => ({ address, action, changes }))
  }

  /** Addresses of what was changed. */
  async converge(items: readonly Item[], more: object = {}): Promise<string[]> {
    return ((await this.must('converge', request(items, more))).data as { done: string[] }).done
  }
}

export function request(items: readonly Item[], more: object = {}) {
  return { by: 'ana@laptop', manifest: { format: 1, stack: 'shop', items }, ...more }
}

export function item(kind: string, name: string, spec: unknown, ...dependsOn: string[]): Item {
  return { kind, name, label: `${kind} ${name}`, dependsOn: dependsOn as Item['dependsOn'], spec }
}

function answerOf(status: number | null, stdout: string): Answer {
  const lines = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Line)
  const end = lines.at(-1)
  return { status, lines, last: end && isLast(end) ? end : undefined }
}
