import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { until } from '../lab/box/until.ts'
import { describeLab } from '../lab/describe-lab.ts'
import type { Machine } from '../lab/machine/machine.ts'
import type { Operator } from './operator.ts'
import { firstPage, inventoryOf, longMs, openScene, type Scene, takeOtherRelease, words } from './support.ts'

const domain = 'proyecto2.test'

/** What an operator meets before a shop stands: one sentence and a remedy each, and the machine as it was. */
describeLab('a machine that is not ready', { sequential: true, shuffle: false }, () => {
  let scene: Scene
  let machine: Machine
  let operator: Operator
  /** Of the configuration: who enters, and by what. */
  let entrance: { user: string; key: string }

  const enterAs = (other: Partial<typeof entrance>) =>
    operator.configure(({ vm }) => Object.assign(vm.machines[0], entrance, other))

  /** That `up` ends with this, says what to do, and leaves the machine alone. */
  const expectRefusal = async (code: string, words: RegExp, status = 1) => {
    const before = await inventoryOf(machine, '/etc')
    const said = await operator.json('up', '--yes')
    const error = said.result.error as { code: string; message: string; hint?: string } | undefined
    expect({ code: error?.code, status: said.status, talk: said.talk }).toEqual({ code, status, talk: '' })
    expect(error?.message).toMatch(words)
    expect(error?.hint).toBeTruthy()
    expect(await inventoryOf(machine, '/etc')).toBe(before)
  }

  beforeAll(async () => {
    scene = await openScene(domain, { diskMb: 2_000 })
    machine = scene.machine
    operator = scene.operator
    entrance = { user: 'admin', key: join(scene.lab.folder, 'key') }
  }, longMs)
  afterAll(() => scene?.close(), longMs)

  it('takes no key but its own', async () => {
    const stranger = join(operator.folder, 'stranger')
    await machine.must(['sh', '-c', 'rm -f /tmp/k; ssh-keygen -q -t ed25519 -N "" -f /tmp/k'])
    await writeFile(stranger, await machine.must(['cat', '/tmp/k']), { mode: 0o600 })
    await enterAs({ key: stranger })
    await expectRefusal('ssh-denied', /does not let us in/)
    await enterAs({ key: join(operator.folder, 'nowhere') })
    await expectRefusal('key-unreadable', /cannot be read/)
  })

  it('makes nobody root without sudo', async () => {
    const script = `
      useradd --create-home --shell /bin/sh guest
      install -d -o guest -g guest -m 700 /home/guest/.ssh
      install -o guest -g guest -m 600 /home/admin/.ssh/authorized_keys /home/guest/.ssh/authorized_keys`
    await machine.must(['sh', '-ec', script])
    await enterAs({ user: 'guest' })
    await expectRefusal('sudo-missing', /may not become root/)
    await enterAs({})
  })

  it('is left alone where its system is none that we know', async () => {
    await machine.must(['sh', '-ec', 'mv /etc/os-release /etc/os-release.real'])
    await machine.must(['sh', '-ec', 'echo PRETTY_NAME="Alpine" >/etc/os-release; echo ID=alpine >>/etc/os-release'])
    await expectRefusal('distribution-unsupported', /cannot be used/, 78)
    await machine.must(['mv', '/etc/os-release.real', '/etc/os-release'])
  })

  it('keeps the web server that it has, with its sites', async () => {
    const site = 'server { listen 80; server_name other.test; return 200 "another site"; }'
    await machine.must(['sh', '-ec', `echo '${site}' >/etc/nginx/conf.d/other.conf; systemctl restart nginx.service`])
    await expectRefusal('port-taken', /Port 80 of this machine is taken by nginx \(nginx\.service\)/)
    const answer = await machine.must(['curl', '-s', '-H', 'Host: other.test', 'http://127.0.0.1/'])
    expect(answer).toBe('another site')
    await machine.must(['systemctl', 'disable', '--now', 'nginx.service'])
  })

  it(
    'says that its disk is full, and is opened by the next run when it is not',
    async () => {
      await machine.fillDisk(20_000)
      const said = await operator.json('up', '--yes')
      expect({ status: said.status, code: said.result.error?.code }).toEqual({ status: 1, code: 'disk-full' })
      await machine.freeDisk()
      const opened = await operator.json('up', '--yes')
      expect({ status: opened.status, error: opened.result.error, smoke: opened.result.smoke }).toMatchObject({
        status: 0,
        error: undefined,
        smoke: { ok: true },
      })
      expect(await machine.must(['cat', '/etc/nginx/conf.d/other.conf'])).toContain('another site')
    },
    longMs,
  )

  it(
    'keeps serving when its disk fills up in the middle of a deploy, and takes the release afterwards',
    async () => {
      await takeOtherRelease(operator)
      await machine.fillDisk(100)
      const said = await operator.json('deploy')
      expect({ status: said.status, code: said.result.error?.code }).toEqual({ status: 1, code: 'disk-full' })
      expect(await firstPage(machine, domain)).toContain(words.before)
      await machine.freeDisk()
      const { status, result } = await operator.json('deploy')
      expect({ status, error: result.error }).toEqual({ status: 0, error: undefined })
      await until('the new page is served', async () => (await firstPage(machine, domain)).includes(words.after))
    },
    longMs,
  )

  it('shows another host key once it was installed anew, and is not entered', async () => {
    await machine.must(['sh', '-ec', 'rm /etc/ssh/ssh_host_*; ssh-keygen -A >/dev/null; systemctl restart ssh.service'])
    const { status, result } = await operator.json('plan')
    expect({ status, code: result.error?.code }).toEqual({ status: 1, code: 'host-key-changed' })
  })
})
