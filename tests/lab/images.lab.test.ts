import { afterEach, beforeEach, expect, it } from 'vitest'
import { must } from './box/run.ts'
import { describeLab } from './describe-lab.ts'
import { type Lab, startLab } from './lab.ts'
import { overSsh } from './over-ssh.ts'

describeLab('a machine', () => {
  let lab: Lab

  beforeEach(async () => {
    lab = await startLab()
  })
  afterEach(() => lab?.close())

  it('that is bare reaches the sources of this box, installs from them, and has a firewall', async () => {
    const machine = await lab.machine()
    await machine.must(['sh', '-ec', 'apt-get update -qq; apt-get install -qq --no-install-recommends nftables'], {
      timeoutMs: 240_000,
    })
    await machine.must(['nft', 'add table inet filter'])
    expect(await machine.must(['nft', 'list', 'tables'])).toBe('table inet filter\n')
  })

  it('that is prepared has NGINX and PostgreSQL running, in little memory', async () => {
    const machine = await lab.machine({ packages: 'prepared', memoryMb: 1_024 })
    expect(await machine.must(['systemctl', 'is-system-running'])).toBe('running\n')
    expect(await machine.must(['curl', '-sI', 'http://127.0.0.1'])).toContain('200 OK')
    expect(await machine.must(['runuser', '-u', 'postgres', '--', 'psql', '-Atc', 'select 1'])).toBe('1\n')
    expect((await machine.memory()).total).toBeLessThan(300_000_000)
  })

  it('of another release of Debian boots too', async () => {
    const machine = await lab.machine({ suite: 'trixie' })
    expect(await machine.must(['systemctl', 'is-system-running'])).toBe('running\n')
    expect(await machine.must(['cat', '/etc/os-release'])).toContain('VERSION_CODENAME=trixie')
    expect(await overSsh(machine, 'id -un')).toMatchObject({ status: 0, stdout: 'root\n' })
  })

  it('of a cloud has done what its user data says before anyone connects', async () => {
    const key = `${lab.folder}/host`
    await must(['ssh-keygen', '-q', '-t', 'ed25519', '-N', '', '-f', key])
    const [secret, open, mine] = await Promise.all(
      [key, `${key}.pub`, `${lab.folder}/key.pub`].map((file) => must(['cat', file])),
    )
    const userData = {
      users: [{ name: 'ops', sudo: 'ALL=(ALL) NOPASSWD:ALL', ssh_authorized_keys: [mine] }],
      ssh_keys: { ed25519_private: secret, ed25519_public: open },
      runcmd: ['echo made >/root/made'],
    }
    const machine = await lab.machine({ cloudInit: { userData: `#cloud-config\n${JSON.stringify(userData)}` } })
    expect(machine.hostKeys.map(({ publicKey }) => publicKey)).toEqual([open?.split(' ').slice(0, 2).join(' ')])
    const answer = await overSsh({ ...machine, ssh: { ...machine.ssh, username: 'ops' } }, 'sudo -n cat /root/made')
    expect(answer).toMatchObject({ status: 0, stdout: 'made\n' })
  })
})
