import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { until } from '../../box/until.ts'
import { imagesForMoto } from './images.ts'
import { pythonPackages } from './packages.ts'

/** Emulators of AWS that nobody here wrote. */
export type CoreName = 'moto' | 'ministack'

export interface Core {
  readonly name: CoreName
  /** Loopback, without a slash at its end. */
  readonly url: string
  /** What it has printed last. */
  log(): string
  close(): Promise<void>
}

interface Recipe {
  argv: string[]
  environment: Record<string, string>
  /** Answers 200 once it is up. */
  health: string
}

const recipes: Record<CoreName, (port: number, images: string) => Recipe> = {
  moto: (port, images) => ({
    argv: ['-m', 'moto.server', '-H', '127.0.0.1', '-p', String(port)],
    environment: { MOTO_AMIS_PATH: images, MOTO_ENABLE_AMI_VALIDATION: 'true', MOTO_ENABLE_KEYPAIR_VALIDATION: 'true' },
    health: '/moto-api/data.json',
  }),
  ministack: (port) => ({
    argv: ['-m', 'ministack.app'],
    // It would listen on every address, and on another port for its MQTT.
    environment: { BIND_HOST: '127.0.0.1', GATEWAY_PORT: String(port), IOT_MTLS_ENABLED: '0', SFTP_ENABLED: '0' },
    health: '/_ministack/health',
  }),
}

/** Starts one on a free port of loopback. It ends with this process. */
export async function startCore(name: CoreName, signal?: AbortSignal): Promise<Core> {
  const packages = await pythonPackages(name, signal)
  const home = await mkdtemp(join(tmpdir(), `bookstore-${name}-`))
  const port = await freePort()
  const images = join(home, 'images.json')
  await writeFile(images, imagesForMoto())
  const { argv, environment, health } = recipes[name](port, images)
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'python3', ...argv], {
    // Of its own: it would write into the folder that it is started in, and read the credentials of whoever runs it.
    ...{ cwd: home, stdio: ['ignore', 'pipe', 'pipe'], detached: true },
    env: { PATH: process.env.PATH, HOME: home, TMPDIR: home, PYTHONPATH: packages, ...environment },
  })
  let printed = ''
  for (const stream of [child.stdout, child.stderr])
    stream?.setEncoding('utf8').on('data', (text) => {
      printed = (printed + text).slice(-64_000)
    })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  const close = async () => {
    child.kill('SIGKILL')
    await ended
    await rm(home, { recursive: true, force: true })
  }
  const url = `http://127.0.0.1:${port}`
  try {
    await until(`${name} answers`, () => answers(child, `${url}${health}`, printed), { forMs: 60_000, signal })
  } catch (error) {
    await close()
    throw new Error(`${(error as Error).message}: ${printed.slice(-2_000)}`, { cause: error })
  }
  return { name, url, log: () => printed, close }
}

async function answers(child: ChildProcess, url: string, printed: string): Promise<boolean> {
  if (child.exitCode !== null) throw new Error(`it has ended with ${child.exitCode}: ${printed.slice(-2_000)}`)
  const signal = AbortSignal.timeout(5_000)
  return fetch(url, { signal }).then(
    async (answer) => {
      await answer.arrayBuffer()
      return answer.ok
    },
    () => false,
  )
}

/** Somebody else may take it in between; then the emulator says so and ends. */
function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject)
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address ? address.port : 0))
    })
  })
}
