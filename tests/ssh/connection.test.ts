import { execFileSync } from 'node:child_process'
import { createWriteStream } from 'node:fs'
import { readFile, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Connection, type ConnectOptions, connect } from '../../provisioners/ssh/connection.ts'
import { HostKeyUnknown } from '../../provisioners/ssh/errors.ts'
import { pinKey } from '../../provisioners/ssh/known-hosts.ts'
import type { SshTarget } from '../../provisioners/ssh/target.ts'
import { inOneBreath } from './one-breath.ts'
import { me, type SshServer, startSshServer } from './server.ts'

let server: SshServer
const never = new AbortController().signal

beforeAll(async () => {
  server = await startSshServer()
})
afterAll(() => server?.close())

const target = (more: Partial<SshTarget> = {}): SshTarget => ({
  host: '127.0.0.1',
  port: server.port,
  user: me,
  key: server.key,
  hostKey: server.fingerprint,
  ...more,
})
const options = (more: Partial<ConnectOptions> = {}): ConnectOptions => ({
  knownHosts: [join(server.folder, 'known_hosts')],
  agentSocket: undefined,
  signal: never,
  ...more,
})

async function within<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await connect(target(), options())
  try {
    return await work(connection)
  } finally {
    connection.close()
  }
}

describe('the host key', () => {
  it('that nobody knows is shown and refused; once confirmed it is enough, also for ssh itself', async () => {
    const unknown = await connect(target({ hostKey: undefined }), options()).catch((error: unknown) => error)
    expect(unknown).toBeInstanceOf(HostKeyUnknown)
    const { shown } = unknown as HostKeyUnknown
    expect(shown).toMatchObject({ type: 'ssh-ed25519', fingerprint: server.fingerprint })
    const file = join(server.folder, 'pinned')
    await pinKey(file, target(), shown)
    const connection = await connect(target({ hostKey: undefined }), options({ knownHosts: [file] }))
    connection.close()
    const strict = ['-o', 'StrictHostKeyChecking=yes', '-o', `UserKnownHostsFile=${file}`, '-o', 'BatchMode=yes']
    const said = execFileSync('ssh', [
      ...strict,
      '-i',
      server.key,
      '-p',
      `${server.port}`,
      `${me}@127.0.0.1`,
      'echo in',
    ])
    expect(said.toString()).toBe('in\n')
  })

  it('is known from hashed files too', async () => {
    const file = join(server.folder, 'hashed')
    const [type, key] = (await readFile(join(server.folder, 'host.pub'), 'utf8')).split(' ')
    await writeFile(file, `[127.0.0.1]:${server.port} ${type} ${key}\n`)
    execFileSync('ssh-keygen', ['-H', '-f', file], { stdio: 'ignore' })
    expect(await readFile(file, 'utf8')).not.toContain('127.0.0.1')
    const connection = await connect(target({ hostKey: undefined }), options({ knownHosts: [file] }))
    connection.close()
  })

  it('that has changed is refused, by file and by configuration', async () => {
    const before = server.fingerprint
    const file = join(server.folder, 'old')
    const unknown = (await connect(target({ hostKey: undefined }), options()).catch((it) => it)) as HostKeyUnknown
    await pinKey(file, target(), unknown.shown)
    await server.reinstall()
    await expect(connect(target({ hostKey: undefined }), options({ knownHosts: [file] }))).rejects.toMatchObject({
      code: 'host-key-changed',
      hint: expect.stringContaining(file),
    })
    await expect(connect(target({ hostKey: before }), options())).rejects.toMatchObject({ code: 'host-key-changed' })
  })
})

describe('getting in', () => {
  it('fails with one sentence: a key that is not wanted, no server, a name that nobody knows', async () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(server.folder, `other-${Date.now()}`)])
    const other = execFileSync('sh', ['-c', `ls ${server.folder}/other-* | grep -v pub | tail -1`])
      .toString()
      .trim()
    await expect(connect(target({ key: other }), options())).rejects.toMatchObject({ code: 'ssh-denied' })
    await expect(connect(target({ port: 1 }), options())).rejects.toMatchObject({
      code: 'ssh-unreachable',
      message: expect.stringContaining('nothing listens'),
    })
    await expect(connect(target({ host: 'machine.invalid' }), options())).rejects.toMatchObject({
      code: 'ssh-unreachable',
    })
  })

  it('says of a key with a passphrase what to do', async () => {
    const path = join(server.folder, 'locked')
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', 'a long passphrase', '-f', path])
    await expect(connect(target({ key: path }), options())).rejects.toMatchObject({ code: 'key-encrypted' })
    await expect(connect(target({ key: `${path}.pub` }), options())).rejects.toMatchObject({ code: 'key-unreadable' })
    await expect(connect(target({ key: '/nowhere' }), options())).rejects.toMatchObject({ code: 'key-unreadable' })
  })

  it('takes the keys of an agent', async () => {
    const socket = join(server.folder, 'agent.sock')
    const agent = execFileSync('ssh-agent', ['-a', socket]).toString()
    const pid = Number(/SSH_AGENT_PID=(\d+)/.exec(agent)?.[1])
    try {
      execFileSync('ssh-add', ['-q', server.key], { env: { ...process.env, SSH_AUTH_SOCK: socket } })
      const connection = await connect(target({ key: undefined }), options({ agentSocket: socket }))
      expect((await connection.run(['id', '-un'])).stdout.trim()).toBe(me)
      connection.close()
    } finally {
      process.kill(pid)
    }
  })

  it('ends at once when it is interrupted', async () => {
    const stop = new AbortController()
    stop.abort(new Error('Ctrl-C'))
    await expect(connect(target(), options({ signal: stop.signal }))).rejects.toThrow('Ctrl-C')
  })
})

describe('a command', () => {
  it('gets its words, its input, and gives back its code', async () => {
    await within(async (connection) => {
      const words = ['printf', '%s|', 'a b', "it's", '$HOME', '`id`', '']
      expect((await connection.run(words)).stdout).toBe("a b|it's|$HOME|`id`||")
      expect((await connection.run(['cat'], { input: 'a secret' })).stdout).toBe('a secret')
      const big = Readable.from([Buffer.alloc(3_000_000, 97), Buffer.alloc(3_000_000, 98)])
      expect((await connection.run(['wc', '-c'], { input: big })).stdout.trim()).toBe('6000000')
      expect((await connection.run(['sh', '-c', 'exit 7'], { accept: [7] })).code).toBe(7)
      expect(connection.requests).toBe(4)
    })
  })

  it('that fails says with what', async () => {
    await within(async (connection) => {
      await expect(connection.run(['sh', '-c', 'echo no such thing >&2; exit 4'])).rejects.toMatchObject({
        code: 'remote-failed',
        message: expect.stringContaining('no such thing'),
        details: { status: 4 },
      })
      await expect(connection.run(['sh', '-c', 'kill -9 $$'])).rejects.toMatchObject({ code: 'remote-failed' })
    })
  })

  it('is heard line by line', async () => {
    await within(async (connection) => {
      const lines: string[] = []
      await connection.run(['printf', 'uno\\ndos\\nñandú'], { onLine: (line) => lines.push(line) })
      expect(lines).toEqual(['uno', 'dos', 'ñandú'])
    })
  })

  it('writes what it says into a stream, byte by byte', async () => {
    await within(async (connection) => {
      const file = join(server.folder, 'copy')
      await connection.run(['head', '-c', '3000000', '/dev/urandom'], { output: createWriteStream(file) })
      expect((await stat(file)).size).toBe(3_000_000)
      const full = createWriteStream('/dev/full')
      await expect(connection.run(['echo', 'x'], { output: full })).rejects.toMatchObject({ code: 'ENOSPC' })
      expect((await connection.run(['echo', 'here'])).stdout).toBe('here\n')
    })
  })

  it('is heard to its end, though it says all in one breath', async () => {
    const way = await inOneBreath(server.port)
    const connection = await connect(target({ port: way.port }), options())
    try {
      expect(await connection.run(['echo', 'here'])).toEqual({ code: 0, stdout: 'here\n', stderr: '' })
      expect((await connection.run(['sh', '-c', 'exit 3'], { accept: 'any' })).code).toBe(3)
      const file = join(server.folder, 'breath')
      await connection.run(['echo', 'there'], { output: createWriteStream(file) })
      expect(await readFile(file, 'utf8')).toBe('there\n')
    } finally {
      connection.close()
      way.close()
    }
  })

  it('ends in time, or when it is interrupted, and the connection stays good', async () => {
    await within(async (connection) => {
      await expect(connection.run(['sleep', '60'], { timeoutMs: 300 })).rejects.toMatchObject({
        code: 'remote-timeout',
      })
      const stop = new AbortController()
      const running = connection.run(['sh', '-c', 'echo up; sleep 60'], {
        signal: stop.signal,
        onLine: () => stop.abort(new Error('Ctrl-C')),
      })
      await expect(running).rejects.toThrow('Ctrl-C')
      expect((await connection.run(['echo', 'here'])).stdout).toBe('here\n')
    })
  })

  it('that does not read its input ends all the same', async () => {
    await within(async (connection) => {
      const endless = Readable.from(
        (function* () {
          for (let at = 0; at < 500; at++) yield Buffer.alloc(64 * 1024)
        })(),
      )
      expect((await connection.run(['true'], { input: endless, timeoutMs: 30_000 })).code).toBe(0)
    })
  })

  it('in the middle of which the connection dies is a sentence', async () => {
    await within(async (connection) => {
      const kill = ['sh', '-c', 'kill -9 $(ps -o ppid= -p $$)']
      await expect(connection.run(kill)).rejects.toMatchObject({ code: 'ssh-lost' })
    })
  })
})
