import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { describeLab } from '../lab/describe-lab.ts'
import { item, request } from './support/agent-on.ts'
import { onMachine } from './support/on-machine.ts'
import { idleService, offer } from './support/repository.ts'

const patience = { timeout: 60_000, interval: 100 }
const packages = (...names: string[]) => [item('packages', 'all', { packages: names.map((name) => ({ name })) })]
/** Its installation waits until the test opens a gate. */
const waits = 'touch /run/unpacked; until [ -e /run/gate ]; do sleep 0.1; done'

describeLab('packages', () => {
  const here = onMachine()

  beforeAll(async () => {
    await offer(here.machine, [
      { name: 'shop-lib' },
      { name: 'shop-tool', depends: 'shop-lib' },
      { name: 'shop-server', service: idleService },
      { name: 'shop-slow', postinst: waits },
      { name: 'their-tool', depends: 'shop-lib' },
    ])
    // The agent does that by itself; what the tests do as somebody else needs it.
    await here.machine.must(['apt-get', 'update', '-qq'])
  })
  beforeEach(async () => {
    await here.agent.converge([])
    await here.machine.must([
      'sh',
      '-c',
      'rm -f /run/gate /run/unpacked; dpkg --purge their-tool shop-tool shop-lib shop-slow 2>&1',
    ])
  })

  const installed = async () =>
    (await here.machine.must(['dpkg-query', '--show', '--showformat=$' + '{db:Status-Abbrev}$' + '{Package}\\n']))
      .split('\n')
      .flatMap((line) => /^ii (.*-(?:lib|tool|server|slow))$/.exec(line)?.[1] ?? [])
      .filter((name) => /^(shop|their)-/.test(name))
  const isThere = async (path: string) => (await here.machine.run(['ls', path])).status === 0

  it('go with their item, with what they needed', async () => {
    await here.agent.converge(packages('shop-tool'))
    expect(await installed()).toEqual(['shop-lib', 'shop-tool'])
    await here.agent.converge([])
    expect(await installed()).toEqual([])
  })

  it('stay when they were there before, or others need them by now', async () => {
    await here.machine.must(['apt-get', 'install', '-qq', 'shop-lib'])
    await here.agent.converge(packages('shop-tool'))
    await here.agent.converge([])
    expect(await installed()).toEqual(['shop-lib'])
    await here.machine.must(['dpkg', '--purge', 'shop-lib'])
    await here.agent.converge(packages('shop-tool'))
    await here.machine.must(['apt-get', 'install', '-qq', 'their-tool'])
    const { lines } = await here.agent.must('converge', request([]))
    expect(await installed()).toEqual(['shop-lib', 'their-tool'])
    expect(lines).toContainEqual(
      expect.objectContaining({ type: 'note', message: expect.stringContaining('shop-lib') }),
    )
  })

  it('wait for who holds the lock, and say who', async () => {
    await here.machine.must([
      'sh',
      '-c',
      'apt-get install -qq shop-slow >/dev/null 2>&1 & until [ -e /run/unpacked ]; do sleep 0.1; done',
    ])
    const answer = here.agent.ask('converge', request(packages('shop-tool')))
    const waiting = async () =>
      (await here.machine.run(['sh', '-c', 'grep -h step-progress $(ls -t /var/lib/bookstore/agent/runs/* | head -1)']))
        .stdout
    await vi.waitUntil(async () => (await waiting()).includes('waiting for apt-get (process '), patience)
    await here.machine.must(['touch', '/run/gate'])
    expect((await answer).status).toBe(0)
    expect(await installed()).toContain('shop-tool')
  })

  it('are finished when their installation was killed, and a policy of others is put back', async () => {
    await here.machine.must([
      'sh',
      '-c',
      'dpkg --purge shop-slow; rm -f /run/unpacked; printf "#!/bin/sh\\nexit 0\\n" >/usr/sbin/policy-rc.d; chmod 700 /usr/sbin/policy-rc.d',
    ])
    const answer = here.agent.ask('converge', request(packages('shop-slow', 'shop-server')))
    await vi.waitUntil(() => isThere('/run/unpacked'), patience)
    await here.machine.must(['systemctl', 'kill', '--signal=SIGKILL', 'bookstore-run'])
    expect((await answer).last).toMatchObject({ code: 'run-died' })
    expect(await here.machine.must(['cat', '/usr/sbin/policy-rc.d'])).toContain('bookstore')
    await here.machine.must(['touch', '/run/gate'])
    await here.agent.converge(packages('shop-slow', 'shop-server'))
    expect(await installed()).toEqual(['shop-server', 'shop-slow'])
    expect(await here.machine.must(['sh', '-c', 'stat -c %a /usr/sbin/policy-rc.d; cat /usr/sbin/policy-rc.d'])).toBe(
      '700\n#!/bin/sh\nexit 0\n',
    )
    expect((await here.machine.run(['systemctl', 'is-active', 'shop-server'])).stdout).toBe('inactive\n')
    await here.machine.must(['rm', '/usr/sbin/policy-rc.d'])
    expect(await here.agent.plan(packages('shop-slow', 'shop-server'))).toEqual([])
  })

  it('that nobody offers are named', async () => {
    const { status, last } = await here.agent.ask('converge', request(packages('shop-tool', 'no-such-package')))
    expect({ status, last }).toMatchObject({
      status: 1,
      last: { code: 'apt-lists-old', message: expect.stringContaining('Unable to locate package no-such-package') },
    })
    expect(await installed()).not.toContain('shop-tool')
  })
})
