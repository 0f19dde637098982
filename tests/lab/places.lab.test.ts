import { spawn } from 'node:child_process'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeLab } from './describe-lab.ts'
import { type Lab, startLab } from './lab.ts'

const waiting = new URL('fixtures/wants-room.ts', import.meta.url).pathname

describeLab('the machines of a box', () => {
  let lab: Lab

  beforeAll(async () => {
    lab = await startLab()
  })
  afterAll(() => lab?.close())

  it('are never more than it can run: another process waits, and says for whom', async () => {
    const env = { ...process.env, BOOKSTORE_LAB_MACHINES: '1' }
    const child = spawn(process.execPath, ['--import', 'tsx', waiting], { stdio: ['ignore', 'pipe', 'pipe'], env })
    const told = await new Promise<string>((resolve) => child.stderr.once('data', (text) => resolve(String(text))))
    child.kill('SIGKILL')
    expect(told).toMatch(/^waiting for room for 1 of 1 machines .*\n$/)
    expect(told).toContain(`lab ${lab.id} of process ${process.pid} runs 1`)
  })

  it('are refused at once when they are more than it can ever run', async () => {
    await expect(startLab({ machines: 1_000 })).rejects.toThrow('BOOKSTORE_LAB_MACHINES')
  })

  it('live side by side with those of another lab, in other networks', async () => {
    const other = await startLab()
    expect(other.prefix).not.toBe(lab.prefix)
    await other.close()
  })
})
