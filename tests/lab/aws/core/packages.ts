import { createHash } from 'node:crypto'
import { access, mkdir, readFile, rename, rm } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { withLock } from '../../box/lock.ts'
import { must } from '../../box/run.ts'

/** Outside of the checkout, and kept. Machines are not needed here, so neither is root. */
const cache =
  process.env.BOOKSTORE_LAB_CACHE ??
  (process.getuid?.() === 0 ? '/var/cache/bookstore-lab' : join(homedir(), '.cache/bookstore-lab'))

/**
 * A folder for PYTHONPATH with exactly the packages that the file `name`.txt pins, installed by pip when it is not there.
 * Needs python3 with venv (Debian: python3-venv).
 */
export async function pythonPackages(name: 'moto' | 'ministack' | 'parliament', signal?: AbortSignal): Promise<string> {
  const pins = new URL(`${name}.txt`, import.meta.url).pathname
  const version = (await must(['python3', '--version'], { signal })).trim()
  const key = createHash('sha256')
    .update(version)
    .update(await readFile(pins))
    .digest('hex')
    .slice(0, 12)
  const folder = join(cache, `${name}-${key}`)
  const make = async () => {
    if (await exists(folder)) return
    const building = `${folder}.building`
    await rm(building, { recursive: true, force: true })
    await mkdir(building, { recursive: true })
    const pip = join(building, 'pip')
    await must(['python3', '-m', 'venv', pip], { signal })
    const quiet = ['--quiet', '--disable-pip-version-check', '--no-deps']
    const target = join(building, 'packages')
    await must([join(pip, 'bin/pip'), 'install', ...quiet, '--target', target, '-r', pins], {
      signal,
      timeoutMs: 10 * 60_000,
    })
    await rename(target, folder)
    await rm(building, { recursive: true })
  }
  if (!(await exists(folder))) await withLock(`${folder}.lock`, make, signal)
  return folder
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
