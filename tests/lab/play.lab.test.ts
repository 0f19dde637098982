import { spawn } from 'node:child_process'
import { expect, it } from 'vitest'
import { loadSite } from '../../cli/config/load.ts'
import { must, run } from './box/run.ts'
import { until } from './box/until.ts'
import { describeLab } from './describe-lab.ts'
import { tracesOf } from './traces.ts'

const program = [process.execPath, '--import', 'tsx', new URL('play/main.ts', import.meta.url).pathname]

/** `npm run lab -- up`, until it has said all that it has to say. */
async function playing(): Promise<{ id: string; said: string; ended: Promise<number | null> }> {
  const [node = '', ...args] = program
  const child = spawn(node, [...args, 'up'], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.setEncoding('utf8').on('data', (text) => {
    said += text
  })
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  await until('it has said how to use it', async () => {
    if (child.exitCode !== null) throw new Error(`it has ended with ${child.exitCode}`)
    return said.includes('Ctrl-C')
  })
  return { id: /bookstore-lab\/(\w+)/.exec(said)?.[1] ?? '', said, ended }
}

describeLab('npm run lab', () => {
  it('says how to reach what it has brought up, and takes it away again', async () => {
    const { id, said, ended } = await playing()
    const folder = `/var/lib/bookstore-lab/${id}`
    const login = /^ {2}(ssh .*)$/m.exec(said)?.[1] ?? ''
    expect(await must([...login.split(' '), 'sudo', '-n', 'hostname'])).toBe('shop\n')
    const names = await must([`${folder}/inside`, 'getent', 'hosts', 'www.shop.test'])
    const address = names.split(' ')[0]
    const site = await loadSite({}, { cwd: folder, home: undefined, emit: () => {} })
    expect(site).toMatchObject({ target: 'vm', domain: 'shop.test', vm: { machines: [{ host: address }] } })
    const update = await must([`${folder}/inside`, 'sh', '-c', 'echo "$BOOKSTORE_DNS_TSIG_SECRET"'])
    expect(Buffer.from(update, 'base64')).toHaveLength(32)
    expect(await must([...program, 'down'])).toContain(id)
    expect(await ended).toBe(0)
    expect(await tracesOf(id)).toEqual([])
  })

  it('says what it takes when it does not understand', async () => {
    const { status, stderr } = await run([...program, 'sideways'])
    expect({ status, stderr }).toEqual({ status: 64, stderr: expect.stringContaining('npm run lab -- up') })
  })
})
