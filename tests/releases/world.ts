import { spawn } from 'node:child_process'
import { cp, link, mkdir, mkdtemp, readdir, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { build } from 'esbuild'
import { systemClock } from '../../provisioners/engine/clock.ts'
import type { Event } from '../../provisioners/engine/events.ts'
import {
  type Architecture,
  agentCommand,
  bootstrapInstall,
  buildRelease,
  machineLayers,
  type Release,
} from '../../provisioners/releases/index.ts'
import { repositoryRoot } from '../support/postgres.ts'

export interface Ended {
  code: number | null
  stdout: string
  stderr: string
}

/** Runs a program to its end, with `input` as its standard input. */
export function run(
  [program = '', ...args]: readonly string[],
  { input, env, cwd }: { input?: Readable; env?: Record<string, string>; cwd?: string } = {},
): Promise<Ended> {
  const child = spawn(program, args, { cwd, ...(env ? { env } : {}) })
  let [stdout, stderr] = ['', '']
  child.stdout.on('data', (chunk) => (stdout += chunk))
  child.stderr.on('data', (chunk) => (stderr += chunk))
  child.stdin.on('error', () => {})
  if (input) input.pipe(child.stdin)
  else child.stdin.end()
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** Builds from this checkout, and tells what happened. */
export async function buildHere(home: string, architecture: Architecture): Promise<Release & { events: Event[] }> {
  const events: Event[] = []
  const ctx = {
    signal: new AbortController().signal,
    clock: systemClock,
    emit: (event: Event) => void events.push(event),
  }
  return { ...(await buildRelease({ home, architecture }, ctx)), events }
}

export const newFolder = (name: string) => mkdtemp(join(tmpdir(), `bookstore-${name}-`))

/** The sources of this checkout in another folder, with the same packages. */
export async function copySources(folder: string): Promise<void> {
  const names = ['bin', 'cli', 'provisioners', 'services', 'templates', 'web', 'package.json', 'package-lock.json']
  await Promise.all(names.map((name) => cp(join(repositoryRoot, name), join(folder, name), { recursive: true })))
  await symlink(join(repositoryRoot, 'node_modules'), join(folder, 'node_modules'))
}

/** The packages that `from` has fetched, for another home: by links, so that it takes no time. */
export async function shareCache(from: string, to: string): Promise<void> {
  for (const entry of await readdir(join(from, 'cache'), { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue
    const source = join(entry.parentPath, entry.name)
    const target = join(to, source.slice(from.length))
    await mkdir(dirname(target), { recursive: true })
    await link(source, target)
  }
}

/** A folder that stands for a machine, on which a shell has installed runtime and agent of `release`. */
export async function newMachine(release: Release) {
  const root = await newFolder('machine')
  const { argv, archive } = bootstrapInstall(release, machineLayers(release.manifest, root), root)
  const { code, stderr } = await run(argv, { input: archive() })
  if (code !== 0) throw new Error(stderr)
  const [node, agent] = agentCommand(release.manifest, root)
  return { root, node, agent, remove: () => rm(root, { recursive: true, force: true }) }
}

/** The agent's part of staging as a program that a machine's own Node runs. */
export async function bundleMachineSide(folder: string): Promise<string> {
  const outfile = join(folder, 'machine.mjs')
  await build({
    entryPoints: [join(repositoryRoot, 'tests/releases/fixtures/machine.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    logLevel: 'error',
  })
  return outfile
}
