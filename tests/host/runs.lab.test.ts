import { afterAll, beforeAll, beforeEach, expect, it, vi } from 'vitest'
import type { RunLine } from '../../provisioners/host/protocol.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { overSsh } from '../lab/over-ssh.ts'
import { AgentOn, item, request } from './support/agent-on.ts'

/** A step that goes on until the test opens a gate, and one after it. */
const gate = '/run/gate'
const slow = `[Service]\nType=oneshot\nRemainAfterExit=yes\nExecStart=/bin/sh -c 'until [ -e ${gate} ]; do sleep 0.1; done'\n`
const items = [
  item('systemd-unit', 'slow', { unit: 'bookstore-slow.service', content: slow, running: true }),
  item('file', 'after', { path: '/etc/bookstore/after', content: 'after\n' }, 'host.systemd-unit/slow'),
]
/** As many runs as make the oldest go. */
const many = 'cat >/run/request; for i in $(seq 21); do "$@" converge </run/request >/dev/null; done'
const patience = { timeout: 60_000, interval: 100 }

describeLab('a run', () => {
  let lab: Lab
  let machine: Machine
  let agent: AgentOn

  beforeAll(async () => {
    lab = await startLab()
    machine = await lab.machine()
    agent = await AgentOn.stage(machine)
  })
  afterAll(() => lab?.close())
  beforeEach(async () => {
    await machine.must(['rm', '-f', gate, '/etc/bookstore/after'])
    await machine.run(['systemctl', 'stop', 'bookstore-slow'])
  })

  const isThere = async (path: string) => (await machine.run(['ls', path])).status === 0
  const open = () => machine.must(['touch', gate])
  const begun = () => vi.waitUntil(async () => (await slowState()) === 'activating', patience)
  const slowState = async () => (await machine.run(['systemctl', 'is-active', 'bookstore-slow'])).stdout.trim()
  /** Processes that have a file of events open. */
  const readers = async () =>
    Number(await machine.must(['sh', '-c', "ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c 'runs/.*jsonl' || true"]))
  const runOf = (lines: unknown[]) => (lines[0] as RunLine).id
  /** Starts a run and leaves it at the gate. */
  const atTheGate = async () => {
    const answer = agent.ask('converge', request(items))
    await begun()
    return { answer }
  }

  it('goes on when its connection dies, and whoever asks the same is attached', async () => {
    const stop = new AbortController()
    const input = JSON.stringify(request(items))
    const cut = overSsh(machine, [...agent.command, 'converge'].join(' '), { input, signal: stop.signal })
    await begun()
    stop.abort(new Error('the connection is gone'))
    await expect(cut).rejects.toThrow('the connection is gone')
    expect(await slowState()).toBe('activating')
    const before = await readers()
    const again = agent.ask('converge', { ...request(items), by: 'ben@desk' })
    const followed = agent.ask('follow')
    await vi.waitUntil(async () => (await readers()) >= before + 2, patience)
    await open()
    const [attached, follower] = await Promise.all([again, followed])
    expect(attached).toMatchObject({ status: 0, last: { type: 'result' } })
    // All of it, from the first line on, as the one who started it would have seen it.
    expect(attached.lines[0]).toMatchObject({ type: 'run', verb: 'converge', by: 'ana@laptop' })
    expect(follower.lines).toEqual(attached.lines)
    expect(await isThere('/etc/bookstore/after')).toBe(true)
  })

  it('refuses others meanwhile, and says who is at it', async () => {
    const { answer } = await atTheGate()
    const other = await agent.ask('converge', request([]))
    const destroy = await agent.ask('destroy', { keepBackups: false, dropData: true })
    for (const { status, last } of [other, destroy]) {
      expect({ status, last }).toMatchObject({
        status: 75,
        last: {
          code: 'busy',
          message: expect.stringMatching(/^'converge', started by ana@laptop at 20.*, is at work/),
        },
      })
    }
    expect(await agent.ask('plan', request(items))).toMatchObject({ status: 0 })
    expect((await agent.must('status')).data).toMatchObject({ run: { state: 'running', by: 'ana@laptop' } })
    await open()
    expect((await answer).status).toBe(0)
  })

  it('lets one that may wait have its turn', async () => {
    const { answer } = await atTheGate()
    const patient = agent.ask('converge', request([]), ['--wait=120'])
    await open()
    const [first, second] = await Promise.all([answer, patient])
    expect([first.status, second.status]).toEqual([0, 0])
    expect(runOf(second.lines) > runOf(first.lines)).toBe(true)
    await agent.converge(items)
  })

  it('stops between two steps when it is asked to', async () => {
    const { answer } = await atTheGate()
    expect((await agent.must('interrupt')).data).toEqual({ id: expect.stringMatching(/-converge-/) })
    await open()
    const { status, last } = await answer
    expect({ status, last }).toMatchObject({ status: 130, last: { code: 'interrupted' } })
    expect(await isThere('/etc/bookstore/after')).toBe(false)
    expect(await agent.converge(items)).toContain('host.file/after')
  })

  it('that was killed is told of, and the next one goes on', async () => {
    const { answer } = await atTheGate()
    await machine.must(['systemctl', 'kill', '--signal=SIGKILL', 'bookstore-run'])
    expect(await answer).toMatchObject({ status: 1, last: { code: 'run-died' } })
    expect(await agent.ask('follow')).toMatchObject({ status: 1, last: { code: 'run-died', hint: /again/ } })
    expect((await agent.must('status')).data).toMatchObject({ run: { state: 'died' } })
    await open()
    await agent.converge(items)
    expect(await isThere('/etc/bookstore/after')).toBe(true)
    expect(await agent.converge(items)).toEqual([])
  })

  it('that a reboot ended is told of, and the next one goes on', async () => {
    const { answer } = await atTheGate()
    await Promise.all([machine.kill(), answer.catch(() => undefined)])
    await machine.start()
    expect(await agent.ask('follow')).toMatchObject({
      status: 1,
      last: { code: 'run-died', message: expect.stringContaining('restarted') },
    })
    await open()
    await agent.converge(items)
    expect(await isThere('/etc/bookstore/after')).toBe(true)
  })

  it('leaves no request behind, and keeps the last of its kind only', async () => {
    await open()
    await machine.must(['sh', '-ec', many, 'sh', ...agent.command], {
      input: JSON.stringify(request(items)),
      timeoutMs: 250_000,
    })
    expect(await machine.must(['ls', '/run/bookstore/agent'])).toBe('')
    const kept = (await machine.must(['ls', '/var/lib/bookstore/agent/runs'])).trim().split('\n')
    expect(kept).toHaveLength(20)
  })
})
