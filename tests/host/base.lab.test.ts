import { connect } from 'node:net'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { baseItems } from '../../provisioners/host/base.ts'
import type { Item } from '../../provisioners/host/manifest.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { overSsh } from '../lab/over-ssh.ts'
import { AgentOn, item, request } from './support/agent-on.ts'
import { onMachine } from './support/on-machine.ts'
import { idleService, offer } from './support/repository.ts'

const timer =
  '[Timer]\nOnCalendar=hourly\nPersistent=true\nUnit=bookstore-app.service\n[Install]\nWantedBy=timers.target\n'
const items: Item[] = [
  ...baseItems({
    ssh: { user: 'root', port: 22 },
    open: [{ port: 80 }, { port: 5433, from: ['192.0.2.0/24', '2001:db8::/32'] }],
    packages: [{ name: 'shop-server', off: ['shop-server.service'] }],
  }),
  item('user', 'shop', { name: 'bookstore', home: '/var/lib/bookstore', groups: ['adm'] }),
  item('secret', 'key', { name: 'key' }),
  item('file', 'theirs', { path: '/etc/theirs.conf', content: 'ours\n' }),
  item('file', 'deep', { path: '/etc/conf.d/deep/own.conf', content: 'ours\n' }),
  item('systemd-unit', 'app', { unit: 'bookstore-app.service', content: idleService, running: true, enabled: true }),
  item('systemd-unit', 'timer', { unit: 'bookstore-app.timer', content: timer, running: true, enabled: true }),
  item('systemd-unit', 'cron', { unit: 'dpkg-db-backup.timer', running: false, enabled: false }),
]

describeLab('what every machine gets', () => {
  const here = onMachine(machineOf)

  beforeAll(async () => {
    await here.agent.converge(items)
    await here.agent.must('confirm-sshd')
  })

  const rules = () => here.machine.must(['nft', '--stateless', 'list', 'table', 'inet', 'bookstore'])

  it('is there, and nothing has to be done a second time', async () => {
    expect((await here.agent.must('converge', request(items))).data).toEqual({ done: [], confirm: [] })
    expect(await here.machine.must(['systemctl', 'is-system-running'])).toBe('running\n')
    const shown = await here.machine.must(['systemd-analyze', 'cat-config', 'systemd/journald.conf'])
    expect(shown).toContain('SystemMaxUse=200M')
    expect(await here.machine.must(['apt-config', 'dump'])).toContain('APT::Periodic::Unattended-Upgrade "1"')
    const timers = ['apt-daily.timer', 'apt-daily-upgrade.timer', 'bookstore-app.timer']
    expect(await here.machine.must(['systemctl', 'is-active', ...timers])).toBe('active\nactive\nactive\n')
  })

  it('says what a container leaves to the machine around it', async () => {
    const { lines } = await here.agent.must('plan', request(items))
    expect(lines).toContainEqual(expect.objectContaining({ type: 'note', message: expect.stringContaining('clock') }))
  })

  it('lets in SSH, what is open, and nothing else', async () => {
    // NGINX of the image has port 80.
    for (const port of [81, 5433]) {
      const socket = [`--socket-property=ListenStream=${port}`, '--socket-property=Accept=yes']
      await here.machine.must(['systemd-run', '--quiet', `--unit=listen-${port}`, ...socket, 'cat'])
    }
    const answers = await Promise.all([22, 80, 81, 5433].map((port) => answersAt(here.machine.address, port)))
    // To 5433 from this box's address, which is not among those that may.
    expect(answers).toEqual([true, true, false, false])
    await here.machine.must(['systemctl', 'stop', 'listen-81.socket', 'listen-5433.socket'])
  })

  it('has its rules back after a change by hand, a flush, and a boot', async () => {
    const whole = await rules()
    await here.machine.must(['nft', 'add', 'rule', 'inet', 'bookstore', 'input', 'tcp', 'dport', '9', 'accept'])
    expect(await here.agent.plan(items)).toMatchObject([{ changes: [{ field: 'rules' }] }])
    await here.agent.converge(items)
    expect(await rules()).toBe(whole)
    // Debian's own unit flushes the rules of all.
    await here.machine.must(['systemctl', 'restart', 'nftables'])
    await here.machine.must(['systemctl', 'reload', 'nftables'])
    expect(await rules()).toBe(whole)
    await here.machine.must(['systemctl', 'stop', 'nftables'])
    expect(await rules()).toBe(whole)
    await here.machine.reboot()
    expect(await rules()).toBe(whole)
    expect(await here.agent.plan(items)).toEqual([])
  })
})

describeLab('destroying', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await startLab()
  })
  afterAll(() => lab?.close())

  it('leaves no trace, or the backups alone', async () => {
    const machine = await machineOf(lab)
    const before = await everything(machine)
    const agent = await AgentOn.stage(machine)
    await agent.converge(items)
    await machine.must(['sh', '-c', 'mkdir -p /var/lib/bookstore/backups; echo backup >/var/lib/bookstore/backups/one'])
    expect((await agent.must('destroy', { keepBackups: true, dropData: true })).data).toMatchObject({ remains: [] })
    expect(await machine.must(['find', '/opt', '/var/lib/bookstore'])).toBe(
      '/opt\n/var/lib/bookstore\n/var/lib/bookstore/backups\n/var/lib/bookstore/backups/one\n',
    )
    await agent.stage()
    await agent.converge(items)
    expect((await agent.must('destroy', { keepBackups: false, dropData: true })).data).toMatchObject({ remains: [] })
    expect(await everything(machine)).toEqual(before)
    expect((await overSsh(machine, 'true')).status).toBe(0)
  })
})

async function machineOf(lab: Lab): Promise<Machine> {
  const machine = await lab.machine({ packages: 'prepared' })
  await offer(machine, [{ name: 'shop-server', service: idleService, config: 'shipped' }])
  await machine.must(['sh', '-c', 'echo theirs >/etc/theirs.conf; chmod 640 /etc/theirs.conf'])
  return machine
}

/** All that could change: files with their owners and modes, /etc with its content, packages, users, units. */
async function everything(machine: Machine): Promise<Record<string, string>> {
  const [files, etc, packages, units, active] = await Promise.all([
    machine.must(['sh', '-c', `find / -xdev ${pruned} -prune -o -printf '%p %u:%g %m %y %l\\n' | sort`]),
    machine.must(['sh', '-c', `find /etc -type f ! -name '*-' -exec sha256sum {} + | sort -k 2`]),
    machine.must(['dpkg-query', '--show']),
    machine.must(['systemctl', 'list-unit-files', '--no-legend']),
    machine.must(['systemctl', 'list-units', '--no-legend', '--plain', '--type=service,timer', '--state=active']),
  ])
  const stays = (line: string) => !/^(session|user|systemd-tmpfiles|dpkg-db|apt-daily|e2scrub|getty)/.test(line)
  const names = active.split('\n').filter(stays)
  return { files, etc, packages, units, active: names.map((line) => line.split(/\s/)[0]).join('\n') }
}
/** What changes by itself, or by apt being used at all; and what the tests brought. */
const pruned = `\\( -path /var/log -o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg -o -path /tmp \
  -o -path /var/tmp -o -path /srv -o -path /var/lib/systemd -o -path /var/backups -o -path /root -o -path '/etc/*-' \\)`

/** A packet that is dropped is answered by nobody, so this is the one place where time has to tell. */
function answersAt(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 5_000 })
    const settle = (answers: boolean) => {
      socket.destroy()
      resolve(answers)
    }
    socket.on('connect', () => settle(true))
    socket.on('timeout', () => settle(false))
    socket.on('error', () => settle(false))
  })
}
