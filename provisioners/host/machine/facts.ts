import { readFile, stat } from 'node:fs/promises'
import { arch, availableParallelism, hostname, totalmem } from 'node:os'
import { join } from 'node:path'
import { BookstoreError, exit } from '../../engine/errors.ts'
import type { Facts } from '../host.ts'
import { runProgram } from './program.ts'

const oldest = { debian: 12, ubuntu: 22.04 } as const

/**
 * Looks at the machine, and changes nothing. Files are read below `root`.
 *
 * @throws BookstoreError 'distribution-unsupported', 'architecture-unsupported', 'systemd-missing'.
 */
export async function gatherFacts(root = '/', programs = { systemctl: 'systemctl' }): Promise<Facts> {
  const [release, systemd, limit, container] = await Promise.all([
    readFile(join(root, 'etc/os-release'), 'utf8').catch(() => ''),
    systemdVersion(programs.systemctl),
    memoryLimit(root),
    isContainer(root),
  ])
  return {
    ...distributionOf(release),
    architecture: architectureOf(arch()),
    memoryMb: Math.floor(Math.min(totalmem(), limit) / 1024 ** 2),
    cpus: availableParallelism(),
    systemd,
    hostname: hostname(),
    container,
  }
}

/** From the text of os-release(5). */
export function distributionOf(release: string): Pick<Facts, 'distribution' | 'version' | 'codename'> {
  const field = (name: string) => new RegExp(`^${name}="?([^"\\n]*)"?$`, 'm').exec(release)?.[1] ?? ''
  const [id, version] = [field('ID'), field('VERSION_ID')]
  if ((id === 'debian' || id === 'ubuntu') && Number(version) >= oldest[id]) {
    return { distribution: id, version, codename: field('VERSION_CODENAME') }
  }
  throw unsupported('distribution-unsupported', `it runs ${field('PRETTY_NAME') || 'an unknown system'}`)
}

function architectureOf(name: string): Facts['architecture'] {
  if (name === 'x64' || name === 'arm64') return name
  throw unsupported('architecture-unsupported', `its processor is '${name}'`)
}

async function systemdVersion(systemctl: string): Promise<number> {
  const { stdout } = await runProgram([systemctl, '--version']).catch(() => ({ stdout: '' }))
  const version = Number(/^systemd (\d+)/.exec(stdout)?.[1])
  if (version > 0) return version
  throw unsupported('systemd-missing', 'it has no systemd')
}

/** Of the group of processes that we are in: cgroup v2, then v1. */
async function memoryLimit(root: string): Promise<number> {
  const files = ['sys/fs/cgroup/memory.max', 'sys/fs/cgroup/memory/memory.limit_in_bytes']
  const texts = await Promise.all(files.map((file) => readFile(join(root, file), 'utf8').catch(() => '')))
  const limits = texts.map((text) => Number(text.trim() || Number.NaN)).filter((limit) => limit > 0)
  return Math.min(Number.POSITIVE_INFINITY, ...limits)
}

/** systemd leaves this note where it was started by a container manager. */
async function isContainer(root: string): Promise<boolean> {
  return stat(join(root, 'run/systemd/container')).then(
    () => true,
    () => false,
  )
}

function unsupported(code: string, why: string): BookstoreError {
  return new BookstoreError(`This machine cannot be used: ${why}.`, {
    code,
    fault: 'user',
    status: exit.configuration,
    hint: 'Use Debian 12 or newer, or Ubuntu 22.04 or newer, on x86-64 or ARM64.',
  })
}
