import { expect, test } from 'vitest'
import type { MachineSettings, Site } from '../site.ts'
import { sshArguments } from './ssh-arguments.ts'

const machine = (host: string, more: Partial<MachineSettings> = {}): MachineSettings => ({
  ...{ host, port: 22, user: 'root', key: undefined, hostKey: undefined, roles: ['web', 'database'] },
  ...more,
})
const site = (...machines: MachineSettings[]) =>
  ({ target: 'vm', home: '/srv/my shop', vm: { machines, instances: undefined } }) as unknown as Site

test('believes the keys that were confirmed, and quotes what is to run', () => {
  const argv = sshArguments(site(machine('203.0.113.7', { user: 'admin', port: 2222, key: '/keys/id' })), undefined, [
    'echo',
    "it's",
  ])
  expect(argv).toContain('admin@203.0.113.7')
  expect(argv.join(' ')).toContain('-p 2222 -i /keys/id')
  expect(argv[2]).toMatch(/^UserKnownHostsFile="\/srv\/my shop\/known_hosts" "/)
  expect(argv.at(-1)).toBe("echo 'it'\\''s'")
  expect(argv).not.toContain('-t')
})

test('opens a shell with a terminal', () => {
  expect(sshArguments(site(machine('a.example')), undefined, []).slice(-2)).toEqual(['-t', 'root@a.example'])
})

test('wants to know which of several, and that it is one of them', () => {
  const two = site(machine('a.example'), machine('b.example'))
  expect(() => sshArguments(two, undefined, [])).toThrow(expect.objectContaining({ code: 'unknown-machine' }))
  expect(() => sshArguments(two, 'c.example', [])).toThrow(expect.objectContaining({ status: 64 }))
  expect(sshArguments(two, 'b.example', []).at(-1)).toBe('root@b.example')
  const none = { ...site(), target: 'local', vm: undefined } as Site
  expect(() => sshArguments(none, undefined, [])).toThrow('has no machine')
})
