import { describe, expect, it } from 'vitest'
import { Secret } from '../../../engine/secret.ts'
import { scramVerifier } from '../../../local/postgres/scram.ts'
import { connectionsOf, poolSize } from '../pools.ts'
import { fits } from './administer.ts'
import { accessText, settingsText } from './configuration.ts'

const settings = (memoryMb: number, connections = connectionsOf(1)) => {
  const lines = settingsText({ memoryMb, connections }).split('\n')
  return Object.fromEntries(lines.filter((line) => line.includes(' = ')).map((line) => line.split(' = ')))
}

describe('settings of a cluster', () => {
  it('leave a machine of 1 GB to the shop', () => {
    expect(settings(1024)).toMatchObject({
      shared_buffers: '128MB',
      effective_cache_size: '512MB',
      work_mem: '4MB',
      maintenance_work_mem: '64MB',
      max_connections: String(4 * 2 * 4 * poolSize + 13),
      listen_addresses: "''",
    })
  })

  it('grow with the machine, and not without end', () => {
    expect(settings(512)).toMatchObject({ shared_buffers: '96MB', maintenance_work_mem: '48MB' })
    expect(settings(8192)).toMatchObject({ shared_buffers: '1024MB', work_mem: '8MB', maintenance_work_mem: '512MB' })
    expect(settings(262_144)).toMatchObject({ shared_buffers: '4096MB', effective_cache_size: '65536MB' })
  })

  it('have room for every process of both slots, and are the same for some more', () => {
    expect(connectionsOf(3)).toBe(connectionsOf(1))
    for (const instances of [1, 4, 5, 8, 13, 16, 20]) {
      expect(connectionsOf(instances)).toBeGreaterThanOrEqual(instances * 2 * 4 * poolSize)
    }
  })
})

it('lets each service into its own database alone, and the agent into all', () => {
  const rules = accessText()
    .split('\n')
    .filter((line) => line.startsWith('local'))
  expect(rules).toEqual([
    'local all postgres peer map=bookstore',
    ...['auth', 'catalog', 'sales', 'payments'].map((name) => `local ${name},${name}_restoring ${name} scram-sha-256`),
  ])
})

describe('for other machines', () => {
  const network = { address: '10.0.0.5', from: ['10.0.0.7', 'fd00::7'] }

  it('it listens on one address, with TLS', () => {
    const text = settingsText({ memoryMb: 1024, connections: 40, network })
    expect(text).toContain("listen_addresses = '10.0.0.5'\n")
    expect(text).toContain('ssl = on\n')
    expect(text).not.toContain('ssl = off')
  })

  it('it lets in their addresses alone, encrypted, and never its superuser', () => {
    const rules = accessText(network)
      .split('\n')
      .filter((line) => line.startsWith('host'))
    expect(rules).toHaveLength(2 * 5)
    expect(rules.every((line) => /^hostssl .* (10\.0\.0\.7\/32|fd00::7\/128) scram-sha-256$/.test(line))).toBe(true)
    expect(rules).toContain('hostssl auth,auth_restoring auth 10.0.0.7/32 scram-sha-256')
    expect(rules).toContain('hostssl postgres restorer fd00::7/128 scram-sha-256')
    expect(rules.join()).not.toMatch(/all|trust| postgres (10|fd)/)
  })
})

it('knows a password by its verifier', () => {
  const verifier = scramVerifier('correct horse')
  expect(fits(verifier, new Secret('correct horse'))).toBe(true)
  expect(fits(verifier, new Secret('another horse'))).toBe(false)
  expect(fits('md5abcdef', new Secret('correct horse'))).toBe(false)
  expect(fits(null, new Secret('correct horse'))).toBe(false)
})
