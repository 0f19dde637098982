import { lookup } from 'node:dns/promises'
import { constants } from 'node:fs'
import { access, stat, statfs } from 'node:fs/promises'
import { isIP } from 'node:net'
import { dirname, join } from 'node:path'
import type { Check, Finding } from './check.ts'
import { distFolder } from './root.ts'

const neededBytes = 500 * 1024 * 1024

/** Questions about the computer itself, the same for every target that starts from here. */
export function computerChecks(site: { home: string }): readonly Check[] {
  return [
    { name: 'Node', run: async () => nodeVersion(process.versions.node) },
    { name: 'build', run: () => buildPresent(distFolder()) },
    { name: 'clock', run: ({ clock }) => clockSanity(clock.now(), distFolder()) },
    { name: 'write access', run: () => writeAccess(site.home) },
    { name: 'free disk space', run: () => diskSpace(site.home) },
  ]
}

export function nodeVersion(version: string): Finding {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > 20 || (major === 20 && minor >= 11)) return { ok: true, message: version }
  return { ok: false, message: `${version} is too old`, hint: 'Install Node 20.11 or newer: https://nodejs.org' }
}

export async function buildPresent(dist: string): Promise<Finding> {
  const found = await stat(join(dist, 'stamp.json')).catch(() => undefined)
  if (found) return { ok: true, message: `of ${found.mtime.toISOString().slice(0, 16).replace('T', ' ')} UTC` }
  return { ok: false, message: `there is no finished build in ${dist}`, hint: 'Run: npm run build' }
}

/** A clock that is behind the moment of the build makes certificates that are not valid yet. */
export async function clockSanity(now: Date, dist: string): Promise<Finding> {
  const built = await stat(join(dist, 'stamp.json')).catch(() => undefined)
  const dayMs = 86_400_000
  const shown = `${now.toISOString().slice(0, 16).replace('T', ' ')} UTC`
  if (!built || now.getTime() > built.mtimeMs - dayMs) return { ok: true, message: shown }
  return { ok: false, message: `${shown} lies before this build was made`, hint: 'Set the clock of this computer.' }
}

export async function writeAccess(home: string): Promise<Finding> {
  const folder = await nearestFolder(home)
  const allowed = await access(folder, constants.W_OK | constants.X_OK).then(
    () => true,
    () => false,
  )
  if (allowed) return { ok: true, message: home }
  const hint = `Run as the owner of ${folder}, or set BOOKSTORE_HOME to a folder of yours.`
  return { ok: false, message: `this user may not write to ${folder}`, hint }
}

export async function diskSpace(home: string): Promise<Finding> {
  const { bavail, bsize } = await statfs(await nearestFolder(home))
  const free = bavail * bsize
  const message = `${(free / 1024 ** 3).toFixed(1)} GiB free`
  if (free >= neededBytes) return { ok: true, message }
  return {
    ok: false,
    message: `only ${message}, and a shop wants 0.5 GiB`,
    hint: `Free some space on the disk of ${home}.`,
  }
}

/** Names under .localhost are loopback by RFC 6761; browsers know that, system resolvers not all. */
export async function nameResolution(domain: string, resolve = lookupAll): Promise<Finding> {
  const addresses = await resolve(domain).catch(() => [])
  const foreign = addresses.find((address) => !isLoopback(address))
  if (foreign !== undefined) {
    const hint = `Remove ${domain} from /etc/hosts, or point it at 127.0.0.1 there.`
    return { ok: false, message: `${domain} is ${foreign}, which is not this computer`, hint }
  }
  if (addresses.length > 0) return { ok: true, message: `${domain} is ${addresses[0]}` }
  return { ok: true, message: `${domain}: known to browsers, not to this resolver` }
}

async function lookupAll(domain: string): Promise<string[]> {
  return (await lookup(domain, { all: true })).map(({ address }) => address)
}

function isLoopback(address: string): boolean {
  return isIP(address) === 4 ? address.startsWith('127.') : address === '::1'
}

/** The folder itself, or the nearest one above it that exists. */
async function nearestFolder(path: string): Promise<string> {
  const found = await stat(path).catch(() => undefined)
  return found?.isDirectory() || dirname(path) === path ? path : nearestFolder(dirname(path))
}
