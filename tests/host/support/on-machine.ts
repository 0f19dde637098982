import { afterAll, beforeAll } from 'vitest'
import { type Lab, startLab } from '../../lab/lab.ts'
import type { Machine } from '../../lab/machine/machine.ts'
import { AgentOn } from './agent-on.ts'

/** A machine with our agent on it, for all tests of a suite. */
export interface OnMachine {
  readonly machine: Machine
  readonly agent: AgentOn
}

/** @param make Another machine than a bare one. */
export function onMachine(make: (lab: Lab) => Promise<Machine> = (lab) => lab.machine()): OnMachine {
  let lab: Lab | undefined
  let here: OnMachine
  beforeAll(async () => {
    lab = await startLab()
    const machine = await make(lab)
    here = { machine, agent: await AgentOn.stage(machine) }
  })
  afterAll(() => lab?.close())
  return {
    get machine() {
      return here.machine
    },
    get agent() {
      return here.agent
    },
  }
}
