import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeLab } from './describe-lab.ts'
import { type Lab, startLab } from './lab.ts'
import type { Machine } from './machine/machine.ts'
import { overSsh } from './over-ssh.ts'

describeLab('a machine', () => {
  let lab: Lab
  let machine: Machine

  beforeAll(async () => {
    lab = await startLab()
    machine = await lab.machine({ name: 'shop' })
  })
  afterAll(() => lab?.close())

  it('runs Debian under systemd, and nothing failed', async () => {
    const [system, name] = await Promise.all([
      machine.run(['systemctl', 'is-system-running']),
      machine.run(['hostname']),
    ])
    expect({ system: system.stdout, name: name.stdout }).toEqual({ system: 'running\n', name: 'shop\n' })
  })

  it('lets the key of the lab in over SSH, and shows the host key that the lab knows', async () => {
    const { status, stdout } = await overSsh(machine, 'id -un')
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'root\n' })
  })
})
