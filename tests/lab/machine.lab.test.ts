import { readFile, writeFile } from 'node:fs/promises'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { run } from './box/run.ts'
import { until } from './box/until.ts'
import { describeLab } from './describe-lab.ts'
import { type Lab, startLab } from './lab.ts'
import type { Machine } from './machine/machine.ts'
import { overSsh } from './over-ssh.ts'

const bootId = (machine: Machine) => machine.must(['cat', '/proc/sys/kernel/random/boot_id'])

describeLab('a machine', () => {
  let lab: Lab
  let machine: Machine

  beforeAll(async () => {
    lab = await startLab({ machines: 2 })
    machine = await lab.machine({ name: 'shop', diskMb: 1_024, memoryMb: 1_024 })
  })
  afterAll(() => lab?.close())

  it('runs Debian under systemd, and nothing failed', async () => {
    expect(await machine.must(['systemctl', 'is-system-running'])).toBe('running\n')
    expect(await machine.must(['hostname'])).toBe('shop\n')
    expect((await machine.run(['which', 'python3', 'nginx'])).stdout).toBe('')
  })

  it('lets the lab in over SSH, with the host keys that the lab knows', async () => {
    expect(machine.hostKeys.map(({ type }) => type)).toContain('ssh-ed25519')
    expect(await overSsh(machine, 'id -un')).toMatchObject({ status: 0, stdout: 'root\n' })
    const [key] = machine.hostKeys
    const file = `${lab.folder}/host-key.pub`
    await writeFile(file, `${key?.publicKey}\n`)
    expect((await run(['ssh-keygen', '-lf', file])).stdout).toContain(` ${key?.fingerprint} `)
  })

  it('is refused by a client that knows another host key', async () => {
    const other = await readFile(`${machine.ssh.privateKeyPath}.pub`, 'utf8')
    const { status, stderr } = await overSsh({ ssh: machine.ssh, hostKeys: [{ publicKey: other }] }, 'true')
    expect({ status, stderr }).toEqual({ status: 255, stderr: expect.stringContaining('verification failed') })
  })

  it('takes input, tells the status and keeps both outputs apart', async () => {
    const script = 'cat; echo aside >&2; exit 7'
    expect(await machine.run(['sh', '-c', script], { input: 'through\n' })).toEqual({
      status: 7,
      stdout: 'through\n',
      stderr: 'aside\n',
    })
  })

  it('ends a command that takes too long', async () => {
    const argv = ['sleep', '123456']
    await expect(machine.run(argv, { timeoutMs: 1_000 })).rejects.toThrow('longer than 1000 ms')
    await until('it is gone', async () => (await machine.run(['pgrep', '-f', 'sleep 123456'])).status === 1)
  })

  it('may not set the clock of the box', async () => {
    const { status, stderr } = await machine.run(['date', '-s', `@${Math.round(Date.now() / 1_000)}`])
    expect({ status, stderr }).toEqual({ status: 1, stderr: expect.stringContaining('not permitted') })
  })

  it('comes back after a reboot, be it asked for from outside or inside', async () => {
    const first = await bootId(machine)
    await machine.reboot()
    const second = await bootId(machine)
    expect(second).not.toBe(first)
    await overSsh(machine, 'systemctl reboot')
    const third = await until('it has booted by itself', async () => {
      const id = await bootId(machine).catch(() => second)
      return id !== second && id
    })
    expect(third).not.toBe(first)
    await machine.start()
    expect((await overSsh(machine, 'true')).status).toBe(0)
  })

  it('keeps its files through a power cut, and is off until it is started', async () => {
    await machine.must(['sh', '-c', 'echo kept >/root/note'])
    await machine.kill()
    await expect(machine.run(['true'])).rejects.toThrow('switched off')
    expect((await overSsh(machine, 'true')).status).toBe(255)
    await machine.start()
    expect(await machine.must(['cat', '/root/note'])).toBe('kept\n')
  })

  it('cannot be reached while its cable is out, and works on', async () => {
    await machine.cutLink()
    const { status } = await overSsh(machine, 'true', { connectSeconds: 2 })
    expect(status).toBe(255)
    await machine.must(['true'])
    await machine.mendLink()
    await until('it is reached again', async () => (await overSsh(machine, 'true')).status === 0)
  })

  it('answers nobody while it is paused', async () => {
    await machine.pause()
    await expect(overSsh(machine, 'true', { timeoutMs: 2_000 })).rejects.toThrow('longer than')
    await machine.resume()
    expect((await overSsh(machine, 'true')).status).toBe(0)
  })

  it('has a disk that can be full', async () => {
    await machine.fillDisk(64)
    const { stderr } = await machine.run(['sh', '-c', 'head -c 1M /dev/zero >/root/more'])
    expect(stderr).toContain('No space left')
    await machine.freeDisk()
    await machine.must(['sh', '-c', 'head -c 1M /dev/zero >/root/more'])
  })

  it('has no more memory than it was given, and tells what takes it', async () => {
    const before = await machine.memory()
    expect(before.units['ssh.service']).toBeGreaterThan(1_000_000)
    expect(before.total).toBeLessThan(200_000_000)
    const { status } = await machine.run(['sh', '-c', 'head -c 1500M /dev/zero | tail'])
    expect(status).not.toBe(0)
    const after = await machine.memory()
    expect(after.oomKills).toBeGreaterThan(before.oomKills)
    expect(after.peak).toBe(1_024 * 1_024 * 1_024)
  })

  it('runs units behind all the walls of systemd, timers, and a firewall', async () => {
    const walls = [
      ...['DynamicUser=yes', 'PrivateUsers=yes', 'PrivateTmp=yes', 'PrivateDevices=yes', 'ProtectSystem=strict'],
      ...['ProtectHome=yes', 'ProtectProc=invisible', 'RestrictNamespaces=yes', 'LoadCredential=name:/etc/hostname'],
    ]
    const wall = walls.flatMap((it) => ['-p', it])
    const show = 'cat "$CREDENTIALS_DIRECTORY/name"'
    const unit = ['systemd-run', '--quiet', '--wait', '--pipe', ...wall]
    expect(await machine.must([...unit, 'sh', '-c', show])).toBe('shop\n')
    await machine.must(['systemd-run', '--on-active=1s', '--timer-property=AccuracySec=100ms', 'touch', '/root/rung'])
    await until('the timer has run', async () => (await machine.run(['test', '-e', '/root/rung'])).status === 0)
  })

  it('becomes a snapshot that another one starts from, with a name, keys and users of its own', async () => {
    await machine.must(['sh', '-c', 'echo baked >/etc/baked && rm /etc/issue'])
    const from = await machine.snapshot()
    const copy = await lab.machine({ from, name: 'copy', user: 'admin' })
    expect(await copy.must(['sh', '-c', 'cat /etc/baked; ls /etc/issue 2>&1 | grep -c "No such"; hostname'])).toBe(
      'baked\n1\ncopy\n',
    )
    expect(copy.hostKeys).not.toEqual(machine.hostKeys)
    expect(await copy.must(['cat', '/etc/machine-id'])).not.toBe(await machine.must(['cat', '/etc/machine-id']))
    expect(await overSsh(copy, 'id -un; sudo -n id -un')).toMatchObject({ status: 0, stdout: 'admin\nroot\n' })
    expect((await overSsh({ ...copy, ssh: { ...copy.ssh, username: 'root' } }, 'true')).status).toBe(255)
    await copy.close()
    expect(await machine.must(['cat', '/etc/baked'])).toBe('baked\n')
  })

  it('is refused when the lab has no room for it, and gets the room of one that was closed', async () => {
    const other = await lab.machine()
    await expect(lab.machine()).rejects.toThrow('startLab({ machines: 3 })')
    await other.close()
  })
})
