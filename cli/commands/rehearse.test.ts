import { expect, it } from 'vitest'
import type { Site } from '../../provisioners/site.ts'
import { fakeInvocation } from '../testing/fake-invocation.ts'
import { rehearse } from './rehearse.ts'

const at = (target: string) => ({ site: async () => ({ domain: 'shop.test', target }) as Site, cwd: '/shop' })

it('hands over to the lab, with the configuration and the domain', async () => {
  const handed: string[][] = []
  const handOver = async (argv: readonly string[]) => {
    handed.push([...argv])
    return 3
  }
  const invocation = fakeInvocation({ ...at('aws'), handOver })
  Object.assign(invocation.options, { faults: true, config: 'other.yaml' })
  expect(await rehearse.run?.(invocation)).toMatchObject({ status: 1, result: { code: 3 } })
  const words = ['rehearse', '--domain', 'shop.test', '--from', '/shop/other.yaml', '--faults']
  expect(handed[0]?.slice(-words.length)).toEqual(words)
})

it('rehearses nothing but AWS', async () => {
  await expect(rehearse.run?.(fakeInvocation(at('vm')))).rejects.toMatchObject({ code: 'usage', status: 64 })
})
