import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Item } from '../../provisioners/host/manifest.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { type Lab, startLab } from '../lab/lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import { AgentOn, item, request } from './support/agent-on.ts'
import { idleService, offer } from './support/repository.ts'

const config = '/etc/bookstore/app.conf'
const template = '[Service]\nType=exec\nExecStart=/bin/sleep infinity\nDynamicUser=yes\n'
const service = `[Unit]\nDescription=App\n${template}[Install]\nWantedBy=multi-user.target\n`

const wanted = (content = 'port = 1\n'): Item[] => [
  item('packages', 'all', { packages: [{ name: 'shop-tool' }, { name: 'shop-server', off: ['shop-server.service'] }] }),
  item('user', 'shop', { name: 'bookstore', home: '/var/lib/bookstore', groups: ['adm'] }),
  item(
    'directory',
    'covers',
    { path: '/var/lib/bookstore/covers', owner: 'bookstore', group: 'bookstore', mode: '0750' },
    'host.user/shop',
  ),
  item('file', 'app', { path: config, content, group: 'bookstore', mode: '0640' }, 'host.user/shop'),
  item('secret', 'cart-key', { name: 'cart-key' }),
  item(
    'credential',
    'cart-key',
    { path: '/etc/bookstore/credentials/cart-key', secret: 'cart-key' },
    'host.secret/cart-key',
  ),
  item('credential', 'token', { path: '/etc/bookstore/credentials/token', secret: 'dns-token' }),
  item(
    'systemd-unit',
    'app',
    { unit: 'bookstore-app.service', content: service, enabled: true, running: true, restartOn: [config] },
    'host.file/app',
  ),
  item('systemd-unit', 'worker', { unit: 'bookstore-worker@.service', content: template }),
  item(
    'systemd-unit',
    'worker-1',
    { unit: 'bookstore-worker@1.service', running: true, restartOn: [config] },
    'host.systemd-unit/worker',
    'host.file/app',
  ),
]
const secrets = { 'dns-token': 'SENTINEL-TOKEN' }

describeLab('converging', () => {
  let lab: Lab
  let machine: Machine
  let agent: AgentOn

  beforeAll(async () => {
    lab = await startLab()
    machine = await lab.machine()
    agent = await AgentOn.stage(machine)
    await offer(machine, [
      { name: 'shop-tool', config: 'theirs' },
      { name: 'shop-server', service: idleService },
    ])
    await agent.converge(wanted(), { secrets })
  })
  afterAll(() => lab?.close())
  afterEach(async () => {
    await agent.converge(wanted())
    expect(await agent.plan(wanted())).toEqual([])
  })

  const starts = async () =>
    (
      await machine.must(['systemctl', 'show', '--property=InvocationID,ActiveEnterTimestampMonotonic', ...units])
    ).trim()
  const units = ['bookstore-app', 'bookstore-worker@1', 'ssh', 'systemd-journald', 'dbus']
  const stateOf = async (unit: string) => (await machine.run(['systemctl', 'is-active', unit])).stdout.trim()

  it('makes everything as it was asked', async () => {
    const facts = await machine.must([
      'sh',
      '-c',
      `stat -c '%U:%G %a %n' ${config} /var/lib/bookstore/covers /etc/bookstore/credentials/* /var/lib/bookstore/secrets/*
       id -nG bookstore; getent passwd bookstore | cut -d: -f6,7; wc -c </var/lib/bookstore/secrets/cart-key`,
    ])
    expect(facts.trim().split('\n')).toEqual([
      'root:bookstore 640 /etc/bookstore/app.conf',
      'bookstore:bookstore 750 /var/lib/bookstore/covers',
      'root:root 600 /etc/bookstore/credentials/cart-key',
      'root:root 600 /etc/bookstore/credentials/token',
      'root:root 600 /var/lib/bookstore/secrets/cart-key',
      'root:root 600 /var/lib/bookstore/secrets/dns-token',
      'bookstore adm',
      '/var/lib/bookstore:/usr/sbin/nologin',
      '65',
    ])
    expect(await machine.must(['cat', '/etc/bookstore/credentials/token'])).toBe('SENTINEL-TOKEN')
    expect(await Promise.all(units.map(stateOf))).toEqual(units.map(() => 'active'))
  })

  it('starts nothing that a package brings, now or at the next boot', async () => {
    expect(await stateOf('shop-server')).toBe('inactive')
    expect((await machine.run(['systemctl', 'is-enabled', 'shop-server'])).stdout.trim()).toBe('disabled')
    expect((await machine.run(['ls', '/usr/sbin/policy-rc.d'])).status).not.toBe(0)
  })

  it('changes nothing, and starts nothing, the second time', async () => {
    const before = await starts()
    const { lines } = await agent.ask('converge', request(wanted()))
    expect(lines.slice(1)).toEqual([
      { type: 'planned', steps: [] },
      { type: 'result', ok: true, data: { done: [], confirm: [] } },
    ])
    expect(await starts()).toBe(before)
  })

  it('shows what somebody changed, and mends it', async () => {
    await machine.must([
      'sh',
      '-c',
      `echo 'port = 2' >${config}; systemctl stop bookstore-worker@1; dpkg --purge shop-tool`,
    ])
    expect(await agent.plan(wanted())).toEqual([
      {
        address: 'host.packages/all',
        action: 'update',
        changes: [{ field: 'installed', from: ['shop-server'], to: ['shop-tool', 'shop-server'] }],
      },
      {
        address: 'host.file/app',
        action: 'update',
        changes: [{ field: 'content', from: 'differs from line 1 on', to: 'as it should be' }],
      },
      {
        address: 'host.systemd-unit/app',
        action: 'update',
        changes: [{ field: 'files', from: 'changed since it read them', to: 'after a restart' }],
      },
      {
        address: 'host.systemd-unit/worker-1',
        action: 'update',
        changes: [{ field: 'state', from: 'inactive', to: 'running' }],
      },
    ])
    await agent.converge(wanted())
    expect(await machine.must(['cat', config, '/usr/share/shop-tool/marker'])).toBe('port = 1\nshop-tool\n')
    expect(await stateOf('bookstore-worker@1')).toBe('active')
  })

  it('restarts only who reads a file that changed', async () => {
    const invocation = async (unit: string) => machine.must(['systemctl', 'show', '--property=InvocationID', unit])
    const [app, journal] = [await invocation('bookstore-app'), await invocation('systemd-journald')]
    const done = await agent.converge(wanted('port = 3\n'))
    expect(done[0]).toBe('host.file/app')
    expect(done.toSorted()).toEqual(['host.file/app', 'host.systemd-unit/app', 'host.systemd-unit/worker-1'])
    expect(await invocation('bookstore-app')).not.toBe(app)
    expect(await invocation('systemd-journald')).toBe(journal)
  })

  it('starts a failed unit again, and says when one is masked', async () => {
    await machine.must(['systemctl', 'kill', '--signal=SIGSEGV', 'bookstore-app'])
    expect(await agent.plan(wanted())).toMatchObject([{ changes: [{ field: 'state', from: 'failed', to: 'running' }] }])
    await agent.converge(wanted())
    await machine.must(['sh', '-c', 'systemctl stop bookstore-worker@1 && systemctl mask --runtime bookstore-worker@1'])
    const { last, status } = await agent.ask('converge', request(wanted()))
    expect({ last, status }).toMatchObject({
      status: 1,
      last: { code: 'unit-masked', hint: expect.stringContaining('unmask') },
    })
    await machine.must(['systemctl', 'unmask', '--runtime', 'bookstore-worker@1'])
  })

  it('keeps a configuration file that somebody edited', async () => {
    await machine.must(['sh', '-c', 'echo mine >/etc/shop-tool.conf; dpkg --remove --force-depends shop-tool'])
    await agent.converge(wanted())
    expect(await machine.must(['cat', '/etc/shop-tool.conf'])).toBe('mine\n')
  })

  it('takes away what the manifest no longer has', async () => {
    const fewer = wanted().filter(({ name }) => name !== 'worker-1' && name !== 'worker' && name !== 'token')
    const gone = ['host.credential/token', 'host.systemd-unit/worker-1', 'host.systemd-unit/worker']
    expect(await agent.plan(fewer)).toMatchObject(gone.map((address) => ({ address, action: 'delete' })))
    await agent.converge(fewer)
    expect(await stateOf('bookstore-worker@1')).toBe('inactive')
    const files = ['/etc/bookstore/credentials/token', '/etc/systemd/system/bookstore-worker@.service']
    for (const path of files) expect((await machine.run(['ls', path])).status).not.toBe(0)
  })

  it('tells no secret, in no plan, event or kept manifest', async () => {
    await machine.must(['rm', '/etc/bookstore/credentials/token'])
    const answers = [
      await agent.ask('plan', request(wanted(), { secrets })),
      await agent.ask('converge', request(wanted(), { secrets })),
    ]
    expect(JSON.stringify(answers)).not.toContain('SENTINEL')
    const places = ['/var/lib/bookstore/agent', '/run/bookstore', '/run/systemd', '/var/log']
    expect((await machine.run(['grep', '-rl', 'SENTINEL', ...places])).stdout).toBe('')
    const journal = await machine.must(['journalctl', '--no-pager', '--output=export'])
    expect(journal).not.toContain('SENTINEL')
  })

  it('says which item of a manifest it does not understand', async () => {
    const { last, status } = await agent.ask('converge', request([item('file', 'app', { path: config })]))
    expect({ last, status }).toMatchObject({ status: 1, last: { code: 'manifest-invalid', message: /file\/app/ } })
  })
})
