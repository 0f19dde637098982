import { spawn } from 'node:child_process'
import { open, readFile } from 'node:fs/promises'
import { inGroups, makeGroup } from './cgroups.ts'
import { type Network, namespaceOf } from './network.ts'
import { until } from './until.ts'

export interface ServiceOptions {
  network: Network
  /** Last number of its address, which `makeNamespace` has made. */
  host: number
  argv: readonly string[]
  env?: Record<string, string>
  /** What it prints goes here. */
  log: string
  /** True once it answers. */
  ready(): Promise<boolean>
  signal: AbortSignal
}

/** Starts a server of this box at an address of the lab and waits until it answers. It ends with the lab. */
export async function startService({ network, host, argv, env, log, ready, signal }: ServiceOptions): Promise<void> {
  const namespace = namespaceOf(network.lab, host)
  const group = await makeGroup(network.lab, namespace)
  const [program = '', ...args] = inGroups(group.folders, ['nsenter', `--net=/run/netns/${namespace}`, ...argv])
  const output = await open(log, 'a')
  const stdio = ['ignore', output.fd, output.fd] as const
  const child = spawn(program, args, { stdio: [...stdio], env: { ...process.env, ...env }, detached: true })
  let failure: Error | undefined
  child.once('error', (error) => {
    failure = error
  })
  child.once('exit', () => {
    failure = new Error(`${argv[0]} has ended`)
  })
  const asked = async () => {
    if (failure) throw failure
    return ready()
  }
  try {
    await until(`${argv[0]} answers`, asked, { signal, forMs: 60_000 })
  } catch (error) {
    const said = await readFile(log, 'utf8')
    throw new Error(`${(error as Error).message}: ${said.slice(-2_000)}`, { cause: error })
  } finally {
    await output.close()
  }
}
