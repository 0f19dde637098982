import { beforeEach, expect, it, vi } from 'vitest'
import type { RunLine } from '../../provisioners/host/protocol.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { overSsh } from '../lab/over-ssh.ts'
import { item, request } from './support/agent-on.ts'
import { onMachine } from './support/on-machine.ts'

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
  const here = onMachine()
  beforeEach(async () => {
    await here.machine.must(['rm', '-f', gate, '/etc/bookstore/after'])
    await here.machine.run(['systemctl', 'stop', 'bookstore-slow'])
  })

  const isThere = async (path: string) => (await here.machine.run(['ls', path])).status === 0
  const open = () => here.machine.must(['touch', gate])
  const begun = () => vi.waitUntil(async () => (await slowState()) === 'activating', patience)
  const slowState = async () => (await here.machine.run(['systemctl', 'is-active', 'bookstore-slow'])).stdout.trim()
  /** Processes that have a file of events open. */
  const readers = async () =>
    Number(await here.machine.must(['sh', '-c', "ls -l /proc/[0-9]*/fd 2>/dev/null | grep -c 'runs/.*jsonl' || true"]))
  const runOf = (lines: unknown[]) => (lines[0] as RunLine).id
  /** Starts a run and leaves it at the gate. */
  const atTheGate = async () => {
    const answer = here.agent.ask('converge', request(items))
    await begun()
    return { answer }
  }

  it('goes on when its connection dies, and whoever asks the same is attached', async () => {
    const stop = new AbortController()
    const input = JSON.stringify(request(items))
    const cut = overSsh(here.machine, [...here.agent.command, 'converge'].join(' '), { input, signal: stop.signal })
    await begun()
    stop.abort(new Error('the connection is gone'))
    await expect(cut).rejects.toThrow('the connection is gone')
    expect(await slowState()).toBe('activating')
    const before = await readers()
    const again = here.agent.ask('converge', { ...request(items), by: 'ben@desk' })
    const followed = here.agent.ask('follow')
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
    const other = await here.agent.ask('converge', request([]))
    const destroy = await here.agent.ask('destroy', { keepBackups: false, dropData: true })
    for (const { status, last } of [other, destroy]) {
      expect({ status, last }).toMatchObject({
        status: 75,
        last: {
          code: 'busy',
          message: expect.stringMatching(/^'converge', started by ana@laptop at 20.*, is at work/),
        },
      })
    }
    expect(await here.agent.ask('plan', request(items))).toMatchObject({ status: 0 })
    expect((await here.agent.must('status')).data).toMatchObject({ run: { state: 'running', by: 'ana@laptop' } })
    await open()
    expect((await answer).status).toBe(0)
  })

  it('lets one that may wait have its turn', async () => {
    const { answer } = await atTheGate()
    const patient = here.agent.ask('converge', request([]), ['--wait=120'])
    await open()
    const [first, second] = await Promise.all([answer, patient])
    expect([first.status, second.status]).toEqual([0, 0])
    expect(runOf(second.lines) > runOf(first.lines)).toBe(true)
    await here.agent.converge(items)
  })

  it('stops between two steps when it is asked to', async () => {
    const { answer } = await atTheGate()
    expect((await here.agent.must('interrupt')).data).toEqual({ id: expect.stringMatching(/-converge-/) })
    await open()
    const { status, last } = await answer
    expect({ status, last }).toMatchObject({ status: 130, last: { code: 'interrupted' } })
    expect(await isThere('/etc/bookstore/after')).toBe(false)
    expect(await here.agent.converge(items)).toContain('host.file/after')
  })

  it('that was killed is told of, and the next one goes on', async () => {
    const { answer } = await atTheGate()
    await here.machine.must(['systemctl', 'kill', '--signal=SIGKILL', 'bookstore-run'])
    expect(await answer).toMatchObject({ status: 1, last: { code: 'run-died' } })
    expect(await here.agent.ask('follow')).toMatchObject({ status: 1, last: { code: 'run-died', hint: /again/ } })
    expect((await here.agent.must('status')).data).toMatchObject({ run: { state: 'died' } })
    await open()
    await here.agent.converge(items)
    expect(await isThere('/etc/bookstore/after')).toBe(true)
    expect(await here.agent.converge(items)).toEqual([])
  })

  it('that a reboot ended is told of, and the next one goes on', async () => {
    const { answer } = await atTheGate()
    await Promise.all([here.machine.kill(), answer.catch(() => undefined)])
    await here.machine.start()
    expect(await here.agent.ask('follow')).toMatchObject({
      status: 1,
      last: { code: 'run-died', message: expect.stringContaining('restarted') },
    })
    await open()
    await here.agent.converge(items)
    expect(await isThere('/etc/bookstore/after')).toBe(true)
  })

  it('leaves no request behind, and keeps the last of its kind only', async () => {
    await open()
    await here.machine.must(['sh', '-ec', many, 'sh', ...here.agent.command], {
      input: JSON.stringify(request(items)),
      timeoutMs: 250_000,
    })
    expect(await here.machine.must(['ls', '/run/bookstore/agent'])).toBe('')
    const kept = (await here.machine.must(['ls', '/var/lib/bookstore/agent/runs'])).trim().split('\n')
    expect(kept).toHaveLength(20)
  })
})
