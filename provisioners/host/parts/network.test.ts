import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { TemporaryHost } from '../testing/temporary-host.ts'
import { rulesFor } from './nftables.ts'
import { portsOfSocket, portsOfSshd, sshPorts } from './ssh-ports.ts'
import { keyFile } from './sshd-settings.ts'

describe('rules', () => {
  it('let in SSH, what is open, and those who may', () => {
    const open = [
      { port: 443, protocol: 'tcp' as const, from: [] },
      { port: 5432, protocol: 'tcp' as const, from: ['192.0.2.7', '2001:db8::/32'] },
    ]
    const accepted = rulesFor({ open, ssh: [22, 2222] }).split('\n')
    expect(accepted.filter((line) => line.includes('tcp dport')).map((line) => line.trim())).toEqual([
      'tcp dport 22 accept',
      'tcp dport 2222 accept',
      'tcp dport 443 accept',
      'ip saddr 192.0.2.7 tcp dport 5432 accept',
      'ip6 saddr 2001:db8::/32 tcp dport 5432 accept',
    ])
  })

  it('replace their table in one transaction', () => {
    const text = rulesFor({ open: [], ssh: [22] })
    expect(text.indexOf('delete table inet bookstore')).toBeGreaterThan(text.indexOf('table inet bookstore'))
    expect(text).not.toContain('flush')
  })
})

describe('ports of SSH', () => {
  const listening = `LISTEN 0 128 0.0.0.0:2222 0.0.0.0:* users:(("sshd",pid=1,fd=3))
LISTEN 0 128 [::]:2222 [::]:* users:(("sshd",pid=1,fd=4))
LISTEN 0 511 *:443 *:* users:(("nginx",pid=7,fd=6))
`
  let host: TemporaryHost
  beforeEach(async () => {
    host = await TemporaryHost.make()
  })
  afterEach(() => host.remove())

  it('are those of sshd, and of its socket while that is active', () => {
    expect(portsOfSshd(listening)).toEqual([2222, 2222])
    const socket = 'Listen=0.0.0.0:22 (Stream)\nListen=[::]:22 (Stream)\nActiveState='
    expect(portsOfSocket(`${socket}active\n`)).toEqual([22, 22])
    expect(portsOfSocket(`${socket}inactive\n`)).toEqual([])
  })

  it('are those that the operator uses too, each once', async () => {
    host.answer = ([program]) => (program === 'ss' ? { stdout: listening } : undefined)
    expect(await sshPorts(host, [22])).toEqual([22, 2222])
  })

  it('are never guessed', async () => {
    await expect(sshPorts(host, [])).rejects.toMatchObject({ code: 'ssh-port-unknown' })
  })
})

it('finds the keys of a user where sshd looks for them', () => {
  expect(keyFile('.ssh/authorized_keys', 'ana', '/home/ana')).toBe('/home/ana/.ssh/authorized_keys')
  expect(keyFile('/etc/ssh/keys/%u', 'ana', '/home/ana')).toBe('/etc/ssh/keys/ana')
  expect(keyFile('%h/100%%', 'ana', '/home/ana')).toBe('/home/ana/100%')
})
