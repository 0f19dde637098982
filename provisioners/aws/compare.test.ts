import { describe, expect, it } from 'vitest'
import { userData } from '../../templates/cloud-init/user-data.ts'
import { makeSshKey } from '../ssh/make-key.ts'
import { compareInstance, type Instance } from './instance/state.ts'
import { launchToken } from './instance/token.ts'
import { compareKeyPair } from './key-pair/key-pair.ts'
import { machinePolicy } from './role/policy.ts'
import { rulesOf, wantedRules } from './security-group/rules.ts'
import { compareRules } from './security-group/security-group.ts'
import { ownership } from './stack.ts'

const launch = { account: '1', region: 'eu-central-1', stack: 'shop', resource: 'web', generation: 1, subnet: 'a' }

describe('what is equal, and what is not', () => {
  it('a token is the same for the same launch only, and short enough', () => {
    const others = [{ generation: 2 }, { subnet: 'b' }, { stack: 'other' }, { region: 'us-east-1' }, { account: '2' }]
    const tokens = [launch, ...others.map((other) => ({ ...launch, ...other }))].map(launchToken)
    expect(new Set(tokens).size).toBe(6)
    expect(launchToken({ ...launch })).toBe(tokens[0])
    expect(tokens.every((token) => /^[\x21-\x7e]{1,64}$/.test(token))).toBe(true)
  })

  it('a rule reads the same as it was written', () => {
    const wanted = wantedRules(['203.0.113.0/24', '2001:db8::/32'])
    const read = rulesOf(wanted.map(({ permission }) => permission))
    expect(read.map(({ text }) => text)).toEqual(wanted.map(({ text }) => text))
    const group = { id: 'sg-1', vpcId: 'vpc-1', tagged: true }
    expect(compareRules(wanted, { ...group, rules: read })).toEqual({ do: 'nothing' })
    expect(compareRules(wanted, { ...group, rules: read.slice(1) })).toMatchObject({ do: 'update' })
  })

  it('a machine is compared by what can be mended while it lives', () => {
    const actual: Instance = {
      id: 'i-1',
      state: 'running',
      type: 't3.micro',
      architecture: 'x64',
      diskGb: 8,
      zone: 'a',
      imageId: 'ami-1',
      madeFrom: 'debian-12',
      groups: ['sg-1'],
      metadata: { tokens: 'required', hopLimit: 1 },
      profile: undefined,
      tagged: true,
      generation: 1,
    }
    const wish = { type: 't3.micro', architecture: 'x64', group: 'sg-1' } as const
    expect(compareInstance(wish, actual)).toEqual({ do: 'nothing' })
    const field = (change: Partial<Instance>) => compareInstance(wish, { ...actual, ...change })
    expect(field({ state: 'stopped' })).toMatchObject({ fields: [{ field: 'state' }] })
    expect(field({ metadata: { tokens: 'optional', hopLimit: 2 } })).toMatchObject({ fields: [{ field: 'metadata' }] })
    expect(field({ type: 't3.small' })).toMatchObject({ fields: [{ field: 'type', from: 't3.small', to: 't3.micro' }] })
    // Stopped for a type of another processor it would never start again.
    expect(field({ type: 't4g.small', architecture: 'arm64' })).toEqual({ do: 'nothing' })
    expect(field({ groups: ['sg-1', 'sg-2'] })).toMatchObject({ fields: [{ field: 'security groups' }] })
  })

  it('a key is the same whatever its comment', () => {
    const { publicKey } = makeSshKey('one')
    const [type, key] = publicKey.split(' ')
    const pair = { id: 'key-1', publicKey: `${type} ${key} other`, tagged: true }
    expect(compareKeyPair(publicKey, pair)).toEqual({ do: 'nothing' })
    expect(compareKeyPair(makeSshKey('one').publicKey, pair)).toMatchObject({ do: 'replace' })
  })

  it('a thing with the tags of another shop is never ours, and one that lost a tag still is', () => {
    const tag = (Key: string, Value: string) => ({ Key, Value })
    const address = 'aws.instance/web'
    const whose = (...tags: { Key: string; Value: string }[]) => ownership({ name: 'shop' }, address, tags)
    expect(whose(tag('bookstore:stack', 'shop'), tag('bookstore:resource', address))).toBe('ours')
    expect(whose(tag('bookstore:resource', address))).toBe('damaged')
    expect(whose(tag('bookstore:stack', 'other'), tag('bookstore:resource', address))).toBe('foreign')
    expect(whose()).toBe('foreign')
  })

  it('the machine may write its own challenges, and nothing where somebody else keeps the zone', () => {
    const rights = { partition: 'aws', region: 'r', account: '1', bucket: 'b', hostedZone: 'Z1' }
    const text = JSON.stringify(machinePolicy({ ...rights, challenges: ['proyecto2.test'] }))
    expect(text).toContain('_acme-challenge.proyecto2.test')
    expect(text).toContain('hostedzone/Z1')
    expect(JSON.stringify(machinePolicy({ ...rights, challenges: [] }))).not.toContain('route53')
  })

  it('what a machine is told at its first boot fits, and holds the key as it is', () => {
    const key = makeSshKey('shop')
    const text = userData(key)
    expect(Buffer.byteLength(text)).toBeLessThan(16_384)
    expect(text.replaceAll('\n    ', '\n')).toContain(key.privateKey.trim())
  })
})
