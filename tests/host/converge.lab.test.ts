import { afterEach, beforeAll, expect, it } from 'vitest'
import type { Item } from '../../provisioners/host/manifest.ts'
import { describeLab } from '../lab/describe-lab.ts'
import { item, request } from './support/agent-on.ts'
import { onMachine } from './support/on-machine.ts'
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
  const here = onMachine()

  beforeAll(async () => {
    await offer(here.machine, [
      { name: 'shop-tool', config: 'theirs' },
      { name: 'shop-server', service: idleService },
    ])
    await here.agent.converge(wanted(), { secrets })
  })
  afterEach(async () => {
    await here.agent.converge(wanted())
    expect(await here.agent.plan(wanted())).toEqual([])
  })

  const starts = async () =>
    (
      await here.machine.must(['systemctl', 'show', '--property=InvocationID,ActiveEnterTimestampMonotonic', ...units])
    ).trim()
  const units = ['bookstore-app', 'bookstore-worker@1', 'ssh', 'systemd-journald', 'dbus']
  const stateOf = async (unit: string) => (await here.machine.run(['systemctl', 'is-active', unit])).stdout.trim()

  it('makes everything as it was asked', async () => {
    const facts = await here.machine.must([
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
    expect(await here.machine.must(['cat', '/etc/bookstore/credentials/token'])).toBe('SENTINEL-TOKEN')
    expect(await Promise.all(units.map(stateOf))).toEqual(units.map(() => 'active'))
  })

  it('starts nothing that a package brings, now or at the next boot', async () => {
    expect(await stateOf('shop-server')).toBe('inactive')
    expect((await here.machine.run(['systemctl', 'is-enabled', 'shop-server'])).stdout.trim()).toBe('disabled')
    expect((await here.machine.run(['ls', '/usr/sbin/policy-rc.d'])).status).not.toBe(0)
  })

  it('changes nothing, and starts nothing, the second time', async () => {
    const before = await starts()
    const { lines } = await here.agent.ask('converge', request(wanted()))
    expect(lines.slice(1)).toEqual([
      { type: 'planned', steps: [] },
      { type: 'result', ok: true, data: { done: [], confirm: [] } },
    ])
    expect(await starts()).toBe(before)
  })

  it('shows what somebody changed, and mends it', async () => {
    await here.machine.must([
      'sh',
      '-c',
      `echo 'port = 2' >${config}; systemctl stop bookstore-worker@1; dpkg --purge shop-tool`,
    ])
    expect(await here.agent.plan(wanted())).toEqual([
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
    await here.agent.converge(wanted())
    expect(await here.machine.must(['cat', config, '/usr/share/shop-tool/marker'])).toBe('port = 1\nshop-tool\n')
    expect(await stateOf('bookstore-worker@1')).toBe('active')
  })

  it('restarts only who reads a file that changed', async () => {
    const invocation = async (unit: string) => here.machine.must(['systemctl', 'show', '--property=InvocationID', unit])
    const [app, journal] = [await invocation('bookstore-app'), await invocation('systemd-journald')]
    const done = await here.agent.converge(wanted('port = 3\n'))
    expect(done[0]).toBe('host.file/app')
    expect(done.toSorted()).toEqual(['host.file/app', 'host.systemd-unit/app', 'host.systemd-unit/worker-1'])
    expect(await invocation('bookstore-app')).not.toBe(app)
    expect(await invocation('systemd-journald')).toBe(journal)
  })

  it('starts a failed unit again, and says when one is masked', async () => {
    await here.machine.must(['systemctl', 'kill', '--signal=SIGSEGV', 'bookstore-app'])
    expect(await here.agent.plan(wanted())).toMatchObject([
      { changes: [{ field: 'state', from: 'failed', to: 'running' }] },
    ])
    await here.agent.converge(wanted())
    await here.machine.must([
      'sh',
      '-c',
      'systemctl stop bookstore-worker@1 && systemctl mask --runtime bookstore-worker@1',
    ])
    const { last, status } = await here.agent.ask('converge', request(wanted()))
    expect({ last, status }).toMatchObject({
      status: 1,
      last: { code: 'unit-masked', hint: expect.stringContaining('unmask') },
    })
    await here.machine.must(['systemctl', 'unmask', '--runtime', 'bookstore-worker@1'])
  })

  it('keeps a configuration file that somebody edited', async () => {
    await here.machine.must(['sh', '-c', 'echo mine >/etc/shop-tool.conf; dpkg --remove --force-depends shop-tool'])
    await here.agent.converge(wanted())
    expect(await here.machine.must(['cat', '/etc/shop-tool.conf'])).toBe('mine\n')
  })

  it('takes away what the manifest no longer has', async () => {
    const fewer = wanted().filter(({ name }) => name !== 'worker-1' && name !== 'worker' && name !== 'token')
    const gone = ['host.credential/token', 'host.systemd-unit/worker-1', 'host.systemd-unit/worker']
    expect(await here.agent.plan(fewer)).toMatchObject(gone.map((address) => ({ address, action: 'delete' })))
    await here.agent.converge(fewer)
    expect(await stateOf('bookstore-worker@1')).toBe('inactive')
    const files = ['/etc/bookstore/credentials/token', '/etc/systemd/system/bookstore-worker@.service']
    for (const path of files) expect((await here.machine.run(['ls', path])).status).not.toBe(0)
  })

  it('tells no secret, in no plan, event or kept manifest', async () => {
    await here.machine.must(['rm', '/etc/bookstore/credentials/token'])
    const answers = [
      await here.agent.ask('plan', request(wanted(), { secrets })),
      await here.agent.ask('converge', request(wanted(), { secrets })),
    ]
    expect(JSON.stringify(answers)).not.toContain('SENTINEL')
    const places = ['/var/lib/bookstore/agent', '/run/bookstore', '/run/systemd', '/var/log']
    expect((await here.machine.run(['grep', '-rl', 'SENTINEL', ...places])).stdout).toBe('')
    const journal = await here.machine.must(['journalctl', '--no-pager', '--output=export'])
    expect(journal).not.toContain('SENTINEL')
  })

  it('says which item of a manifest it does not understand', async () => {
    const { last, status } = await here.agent.ask('converge', request([item('file', 'app', { path: config })]))
    expect({ last, status }).toMatchObject({ status: 1, last: { code: 'manifest-invalid', message: /file\/app/ } })
  })
})
