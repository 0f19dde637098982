import { describe, expect, it } from 'vitest'
import { parseVersions } from './dpkg.ts'
import { distributionOf } from './facts.ts'
import { parseUnits } from './units.ts'

describe('os-release', () => {
  const bookworm =
    'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nVERSION_CODENAME=bookworm\nID=debian\n'

  it('is read', () => {
    expect(distributionOf(bookworm)).toEqual({ distribution: 'debian', version: '12', codename: 'bookworm' })
    const noble = 'ID=ubuntu\nID_LIKE=debian\nVERSION_ID="24.04"\nVERSION_CODENAME=noble\n'
    expect(distributionOf(noble)).toEqual({ distribution: 'ubuntu', version: '24.04', codename: 'noble' })
  })

  it.each([
    ['an older one', bookworm.replaceAll('12', '11')],
    ['testing, which has no number', bookworm.replace(/VERSION_ID.*\n/, '')],
    ['a relative', 'PRETTY_NAME="Linux Mint 22"\nID=linuxmint\nID_LIKE="ubuntu debian"\nVERSION_ID="22"\n'],
    ['nothing', ''],
  ])('is refused for %s', (_, text) => {
    expect(() => distributionOf(text)).toThrow(
      expect.objectContaining({ code: 'distribution-unsupported', status: 78 }),
    )
  })
})

describe('dpkg', () => {
  it('counts what is installed and configured', () => {
    const text = 'ii \tnginx\t1.22.1-9\nhi \tkept\t1\nrc \tgone\t2\niF \thalf\t3\nun \tnever\t\n'
    expect([...parseVersions(text)]).toEqual([
      ['nginx', '1.22.1-9'],
      ['kept', '1'],
    ])
  })
})

describe('systemctl show', () => {
  const text = `LoadState=loaded
ActiveState=active
UnitFileState=enabled
InvocationID=0a1b
NeedDaemonReload=no
ActiveEnterTimestamp=Tue 2026-11-24 07:54:43.123456 UTC

LoadState=not-found
ActiveState=inactive
NeedDaemonReload=no
`
  it('answers in the order of the questions', () => {
    const units = parseUnits(text, ['ssh.service', 'no.service'])
    expect(units.get('ssh.service')).toEqual({
      load: 'loaded',
      active: 'active',
      file: 'enabled',
      invocation: '0a1b',
      needsReload: false,
      since: Date.UTC(2026, 10, 24, 7, 54, 43, 123),
    })
    expect(units.get('no.service')).toMatchObject({ load: 'not-found', since: 0 })
  })
})
