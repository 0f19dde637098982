import { beforeEach, expect, it, vi } from 'vitest'
import { describeLab } from '../lab/describe-lab.ts'
import { overSsh } from '../lab/over-ssh.ts'
import { item, request } from './support/agent-on.ts'
import { onMachine } from './support/on-machine.ts'

const settings = '/etc/ssh/sshd_config.d/00-bookstore.conf'
const patience = { timeout: 120_000, interval: 250 }
const sshd = (more: object = {}) => [item('sshd', 'all', { user: 'root', ...more })]

describeLab('SSH without passwords', () => {
  const here = onMachine()
  beforeEach(async () => {
    await here.agent.converge([])
    await here.machine.must(['sh', '-c', 'rm -f /etc/ssh/sshd_config.d/*; systemctl reload ssh'])
  })

  const passwords = async () => (await here.machine.must(['sshd', '-T'])).match(/^passwordauthentication (\w+)$/m)?.[1]
  const isThere = async (path: string) => (await here.machine.run(['ls', path])).status === 0
  const leftovers = async () =>
    (
      await here.machine.run([
        'sh',
        '-c',
        'ls -d /etc/systemd/system/*sshd-revert* /etc/systemd/system/*.wants/*revert*',
      ])
    ).stdout

  it('stays when a new connection confirms it, and is then nothing to do', async () => {
    const { data } = await here.agent.must('converge', request(sshd()))
    expect(data).toEqual({ done: ['host.sshd/all'], confirm: ['sshd'] })
    expect(await passwords()).toBe('no')
    const confirmed = await overSsh(here.machine, [...here.agent.command, 'confirm-sshd'].join(' '))
    expect(confirmed).toMatchObject({ status: 0, stdout: expect.stringContaining('"ok":true') })
    expect(await leftovers()).toBe('')
    expect((await here.agent.must('converge', request(sshd()))).data).toEqual({ done: [], confirm: [] })
  })

  it('is taken back when nobody confirms it, and the late one is told', async () => {
    await here.agent.must('converge', request(sshd({ revertAfter: 3 })))
    // What makes systemd read its units again does not put the moment off.
    await here.machine.must(['systemctl', 'daemon-reload'])
    await vi.waitUntil(async () => !(await isThere(settings)), patience)
    await vi.waitUntil(async () => (await overSsh(here.machine, 'true')).status === 0, patience)
    expect(await passwords()).toBe('yes')
    expect(await here.agent.ask('confirm-sshd')).toMatchObject({ status: 1, last: { code: 'sshd-reverted' } })
    expect(await leftovers()).toBe('')
    expect(await here.agent.plan(sshd())).toMatchObject([{ action: 'create' }])
  })

  it('is taken back by a reboot before it was confirmed', async () => {
    await here.agent.must('converge', request(sshd({ revertAfter: 100_000 })))
    await here.machine.reboot()
    expect(await isThere(settings)).toBe(false)
    expect((await overSsh(here.machine, 'true')).status).toBe(0)
    await here.agent.ask('confirm-sshd')
    expect(await leftovers()).toBe('')
  })

  it('goes back to what was confirmed last', async () => {
    await here.agent.must('converge', request(sshd()))
    await here.agent.must('confirm-sshd')
    // As an earlier release may have left it.
    await here.machine.must(['sh', '-c', `echo 'PasswordAuthentication no' >${settings}`])
    await here.agent.must('converge', request(sshd({ revertAfter: 3 })))
    const text = async () => here.machine.must(['cat', settings])
    await vi.waitUntil(async () => (await text()) === 'PasswordAuthentication no\n', patience)
    expect(await here.agent.ask('confirm-sshd')).toMatchObject({ status: 1, last: { code: 'sshd-reverted' } })
  })

  it('is refused, and nothing is changed, where the operator has no key', async () => {
    const { last } = await here.agent.ask('converge', request(sshd({ user: 'admin' })))
    expect(last).toMatchObject({ code: 'sshd-no-key', message: expect.stringContaining("'admin'") })
    expect(await isThere(settings)).toBe(false)
    expect(await leftovers()).toBe('')
  })

  it('is refused where other settings overrule it, and where sshd does not take them', async () => {
    await here.machine.must(['sh', '-c', 'echo "PasswordAuthentication yes" >/etc/ssh/sshd_config.d/00-a.conf'])
    expect((await here.agent.ask('converge', request(sshd()))).last).toMatchObject({ code: 'sshd-overruled' })
    await here.machine.must(['sh', '-c', 'echo "Nonsense 1" >/etc/ssh/sshd_config.d/00-a.conf'])
    expect((await here.agent.ask('converge', request(sshd()))).last).toMatchObject({ code: 'sshd-refused' })
    expect(await isThere(settings)).toBe(false)
    expect((await overSsh(here.machine, 'true')).status).toBe(0)
  })

  it('goes with its item', async () => {
    await here.agent.must('converge', request(sshd()))
    await here.agent.must('converge', request([]))
    expect([await isThere(settings), await leftovers(), await passwords()]).toEqual([false, '', 'yes'])
  })
})
