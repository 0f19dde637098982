import { afterAll, beforeAll, expect, it } from 'vitest'
import { must, run } from './box/run.ts'
import { until } from './box/until.ts'
import { describeLab } from './describe-lab.ts'
import { type Lab, startLab } from './lab.ts'
import type { NameServer } from './names/name-server.ts'

/** An update as an operator would send it; the status of knsupdate. */
async function send(names: NameServer, key: { file: string }, line: string): Promise<number | null> {
  const input = `server ${names.address}\nzone shop.test.\n${line}\nsend\n`
  return (await run(['knsupdate', '-k', key.file], { input })).status
}

describeLab('name servers', () => {
  let lab: Lab
  let names: NameServer

  beforeAll(async () => {
    lab = await startLab()
    names = await lab.nameServer({ zones: ['shop.test', 'other.test'], secondaries: 1, lagMs: 1_500 })
  })
  afterAll(() => lab?.close())

  const secondary = () => names.servers[1] ?? ''

  it('stand in the zone, with their addresses', async () => {
    expect(await names.query('shop.test', 'NS')).toEqual(['ns1.shop.test', 'ns2.shop.test'])
    expect(await names.query('ns2.shop.test', 'A', secondary())).toEqual([secondary()])
  })

  it('take records, and remove them', async () => {
    await names.record('www.other.test', 'A', '192.0.2.1', '192.0.2.2')
    expect(await names.query('www.other.test', 'A')).toEqual(['192.0.2.1', '192.0.2.2'])
    await names.record('www.other.test', 'A')
    expect(await names.query('www.other.test', 'A')).toEqual([])
  })

  it('take an update that is signed with the key, of everything', async () => {
    expect(await send(names, names.key, 'add signed.shop.test. 5 A 192.0.2.7')).toBe(0)
    expect(await names.query('signed.shop.test', 'A')).toEqual(['192.0.2.7'])
  })

  it('take challenges, and nothing else, with the key for challenges', async () => {
    expect(await send(names, names.challengeKey, 'add _acme-challenge.www.shop.test. 5 TXT "a b"')).toBe(0)
    expect(await names.query('_acme-challenge.www.shop.test', 'TXT')).toEqual(['a b'])
    expect(await send(names, names.challengeKey, 'add www.shop.test. 5 A 192.0.2.8')).not.toBe(0)
    expect(await names.query('www.shop.test', 'A')).toEqual([])
  })

  it('have a secondary that knows later', async () => {
    await names.record('late.shop.test', 'TXT', 'news')
    expect(await names.query('late.shop.test', 'TXT', secondary())).toEqual([])
    await until('the secondary knows', async () => (await names.query('late.shop.test', 'TXT', secondary())).length > 0)
  })

  it('can be cut off, one by one', async () => {
    await names.cutLink(secondary())
    await expect(names.query('shop.test', 'NS', secondary())).rejects.toThrow(/ETIMEOUT|ECONNREFUSED|EHOSTUNREACH/)
    expect(await names.query('shop.test', 'NS')).toHaveLength(2)
    await names.mendLink(secondary())
    await until('it answers again', async () => names.query('shop.test', 'NS', secondary()).catch(() => undefined))
  })

  it('are asked by a program of this box that is run that way, and by no other', async () => {
    await names.record('lookup.shop.test', 'A', '192.0.2.9')
    const argv = ['getent', 'ahostsv4', 'lookup.shop.test']
    expect(await must(names.resolving(argv))).toContain('192.0.2.9')
    expect((await run(argv)).status).not.toBe(0)
  })

  it('are asked by machines made after them, which reach the outside through them too', async () => {
    await names.record('seen.shop.test', 'A', '192.0.2.10')
    const machine = await lab.machine()
    expect(await machine.must(['getent', 'ahostsv4', 'seen.shop.test'])).toContain('192.0.2.10')
    await machine.must(['apt-get', 'update', '-qq', '-o', 'APT::Update::Error-Mode=any'], { timeoutMs: 120_000 })
  })
})
