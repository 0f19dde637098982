import { rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { platform } from 'node:os'
import { pid } from 'node:process'
import { afterEach, expect, it } from 'vitest'
import { holderOf, listeners, requirePort, tryPort } from './ports.ts'

let server: Server | undefined

afterEach(() => server?.close())

async function taken(): Promise<number> {
  const listening = createServer()
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return (listening.address() as { port: number }).port
}

it('knows a free port from a taken one', async () => {
  const port = await taken()
  expect(await tryPort(port, '127.0.0.1')).toBe('EADDRINUSE')
  server?.close()
  expect(await tryPort(port, '127.0.0.1')).toBe('free')
})

it.runIf(platform() === 'linux')('says who holds it, and what to do', async () => {
  const port = await taken()
  expect(holderOf(port)?.pid).toBe(pid)
  const error = await requirePort(port, 'httpsPort', ['127.0.0.1']).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'port-taken', details: { port, pid } })
  expect((error as Error).message).toMatch(new RegExp(`^Port ${port} is taken by process ${pid} \\(`))
  expect((error as { hint: string }).hint).toContain('local.httpsPort')
})

it('reads the kernel’s table: listening sockets of that port alone', async () => {
  const file = `/tmp/ports-test-${pid}`
  await writeFile(
    file,
    [
      '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
      '   0: 0100007F:20FB 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 111 1',
      '   1: 0100007F:20FB 0100007F:9999 01 00000000:00000000 00:00000000 00000000     0        0 222 1',
      '   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 333 1',
    ].join('\n'),
  )
  expect(listeners(file, 8443)).toEqual(['111'])
  expect(listeners(file, 8080)).toEqual(['333'])
  expect(listeners(`${file}-absent`, 8080)).toEqual([])
  await rm(file)
})
