import { DescribeInstancesCommand, DescribeKeyPairsCommand, ImportKeyPairCommand } from '@aws-sdk/client-ec2'
import { PutParameterCommand } from '@aws-sdk/client-ssm'
import { GetCallerIdentityCommand } from '@aws-sdk/client-sts'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { type Clients, clientsFor, closeClients } from './aws/clients.ts'
import { type Cloud, openCloud } from './aws/cloud.ts'
import { type Account, kinds } from './aws/dump.ts'

const publicKey = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ0zPQmBpLSyYmbBjjPA0sGRZkYNzKJgEXfdZSHL1iKm test'

describe.each(['moto', 'ministack'] as const)('an AWS account on this box: %s', (core) => {
  let cloud: Cloud
  let clients: Clients
  let atFirst: Account
  beforeAll(async () => {
    cloud = await openCloud({ core })
    clients = clientsFor(cloud.endpoint)
    atFirst = await cloud.dump()
  }, 600_000)
  afterAll(async () => {
    closeClients(clients)
    await cloud?.close()
  })
  beforeEach(() => cloud.heal())

  it('is empty at first, and shows what was made in it', async () => {
    expect(atFirst).toEqual(Object.fromEntries(kinds.map((kind) => [kind, []])))
    await clients.ssm.send(new PutParameterCommand({ Name: '/shop/seen', Value: 'x', Type: 'String' }))
    expect((await cloud.dump()).parameter).toContainEqual(expect.objectContaining({ id: '/shop/seen' }))
  })

  it('notes every call with what was asked and what came of it', async () => {
    const seen = cloud.calls().length
    await clients.sts.send(new GetCallerIdentityCommand({}))
    const filter = { Name: 'instance-state-name', Values: ['running', 'pending'] }
    await clients.ec2.send(new DescribeInstancesCommand({ Filters: [filter] }))
    await clients.ec2.send(new DescribeKeyPairsCommand({ KeyNames: ['nobody'] })).catch(() => undefined)
    expect(cloud.calls().slice(seen)).toMatchObject([
      { service: 'sts', action: 'GetCallerIdentity', outcome: { status: 200 } },
      {
        ...{ service: 'ec2', action: 'DescribeInstances' },
        parameters: { Filter: [{ Name: 'instance-state-name', Value: ['running', 'pending'] }] },
      },
      { action: 'DescribeKeyPairs', outcome: { status: 400, code: 'InvalidKeyPair.NotFound' } },
    ])
  })

  it('throttles, fails, and loses answers after the effect, as told', async () => {
    const ask = () => clients.ec2.send(new DescribeInstancesCommand({}))
    cloud.fault([{ action: 'DescribeInstances', nth: 2, do: 'throttle' }])
    cloud.fault([{ action: 'DescribeInstances', nth: 3, do: 'fail' }])
    await ask()
    await expect(ask()).rejects.toMatchObject({ name: 'RequestLimitExceeded' })
    await expect(ask()).rejects.toMatchObject({ name: 'InternalError', $metadata: { httpStatusCode: 500 } })
    await ask()
    cloud.fault([{ action: 'ImportKeyPair', times: 1, do: 'lose-answer' }])
    const make = () =>
      clients.ec2.send(new ImportKeyPairCommand({ KeyName: 'lost', PublicKeyMaterial: Buffer.from(publicKey) }))
    await expect(make()).rejects.toMatchObject({ code: 'ECONNRESET' })
    await expect(make()).rejects.toMatchObject({ name: 'InvalidKeyPair.Duplicate' })
  })

  it('calls whoever wants to kill, before a call takes effect and after', async () => {
    const stood: string[][] = []
    const look = async () => {
      stood.push((await cloud.dump())['key-pair'].map(({ id }) => id).filter((it) => it === 'hooked'))
    }
    cloud.fault([
      { action: 'ImportKeyPair', do: 'call', when: 'before', run: look },
      { action: 'ImportKeyPair', do: 'call', when: 'answering', run: look },
    ])
    await clients.ec2.send(new ImportKeyPairCommand({ KeyName: 'hooked', PublicKeyMaterial: Buffer.from(publicKey) }))
    expect(stood).toEqual([[], ['hooked']])
  })
})
