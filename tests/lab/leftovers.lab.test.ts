import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { until } from './box/until.ts'
import { describeLab } from './describe-lab.ts'
import { startLab } from './lab.ts'
import { tracesOf } from './traces.ts'

/** Runs `fixtures/until-killed.ts` until its lab stands: the process, and the lab's id. */
async function doomedRun(): Promise<{ id: string; kill(): Promise<void> }> {
  const script = new URL('fixtures/until-killed.ts', import.meta.url).pathname
  const child = spawn(process.execPath, ['--import', 'tsx', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.on('data', (text) => {
    printed += text
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const id = await until('the lab of the other process stands', async () => {
    if (child.exitCode !== null) throw new Error('the other process has ended by itself')
    return /^(\w+)\n/.exec(printed)?.[1]
  })
  return {
    id,
    kill: async () => {
      child.kill('SIGKILL')
      await ended
    },
  }
}

describeLab('of a lab', () => {
  it('nothing is left when it is closed, whatever its machine is doing', async () => {
    const lab = await startLab({ machines: 2 })
    const nameServer = await lab.nameServer({ zones: ['shop.test'] })
    await lab.acme({ nameServer })
    const [machine] = await Promise.all([lab.machine({ diskMb: 512, memoryMb: 512 }), lab.machine()])
    await machine.snapshot()
    await machine.pause()
    expect(await tracesOf(lab.id)).not.toEqual([])
    await lab.close()
    expect(await tracesOf(lab.id)).toEqual([])
  })

  it('nothing is left when its signal aborts while a machine is being made', async () => {
    const controller = new AbortController()
    const lab = await startLab({ signal: controller.signal })
    const machine = lab.machine()
    await until('it is under way', async () => (await tracesOf(lab.id)).some((line) => line.includes('systemd-nspawn')))
    controller.abort(new Error('changed my mind'))
    await expect(machine).rejects.toThrow()
    await lab.close()
    expect(await tracesOf(lab.id)).toEqual([])
  })

  it('nothing is left after its process was killed and another lab has started', async () => {
    const { id, kill } = await doomedRun()
    const standing = await tracesOf(id)
    expect(standing.filter((line) => /systemd-nspawn|knotd|pebble/.test(line)).length).toBeGreaterThanOrEqual(4)
    const other = await startLab()
    // Its owner lives: it is left alone.
    expect(await tracesOf(id)).toEqual(expect.arrayContaining(standing.filter((line) => line.includes('overlay'))))
    await other.close()
    await kill()
    const next = await startLab()
    expect(await tracesOf(id)).toEqual([])
    await next.close()
  })
})
