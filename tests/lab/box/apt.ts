import { readFile } from 'node:fs/promises'
import { must } from './run.ts'

/** What this box's apt is told, for the apt inside of a machine. */
export interface AptSettings {
  /** 'bookworm'. */
  suite: string
  /** Lines of a sources.list: this release of the distribution, and nothing of others. */
  sources: string
  /** Lines of an apt.conf: proxies, and how strict to be about dates. */
  options: string
}

/** Releases of Ubuntu: 22.04 and 24.04. systemd of 26.04 boots on boxes with version 2 of control groups alone. */
export const ubuntuSuites = ['jammy', 'noble'] as const

const isUbuntu = (suite: string) => ubuntuSuites.some((each) => each === suite)

/** The address of an archive of Ubuntu, where the person at this box has told one. */
export const ubuntuArchive = process.env.BOOKSTORE_LAB_UBUNTU

/** What Ubuntu signs its archive with, where its package puts it on any machine. */
const ubuntuKeyring = '/usr/share/keyrings/ubuntu-archive-keyring.gpg'

/**
 * No address of a mirror stands in the repository: this box knows one. The suite is the box's own, another that the same
 * mirror has, or one of Ubuntu.
 */
export async function aptSettings(suite?: string): Promise<AptSettings> {
  const own = /^VERSION_CODENAME=(\S+)/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1]
  if (!own) throw new Error('the suite of this box is not in /etc/os-release')
  const wanted = suite ?? own
  const kept = /^Acquire::(https?::Proxy|Check-(Valid-Until|Date)|https::(CaInfo|Verify-Peer))\b.*/gim
  const found = (await must(['apt-config', 'dump'])).match(kept) ?? []
  const options = found.map((line) => `${line}\n`).join('')
  if (isUbuntu(wanted)) return { suite: wanted, sources: ubuntuSources(wanted), options }
  const format = '$(RELEASE) $(REPO_URI) $(COMPONENT)'
  const targets = await must(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])
  const sources = [...new Set(targets.trim().split('\n'))]
    .map((line) => line.split(' '))
    .filter(([release = '']) => [own, `${own}-updates`, `${own}-security`].includes(release))
    .map(([release = '', uri, component]) => `deb ${uri} ${release.replace(own, wanted)} ${component}\n`)
  if (sources.length === 0) throw new Error(`apt of this box has no source for ${own}`)
  return { suite: wanted, sources: sources.sort().join(''), options }
}

function ubuntuSources(suite: string): string {
  if (!ubuntuArchive) throw new Error('BOOKSTORE_LAB_UBUNTU is the address of an archive of Ubuntu, and not set')
  const parts = [suite, `${suite}-updates`, `${suite}-security`]
  return parts.map((part) => `deb [signed-by=${ubuntuKeyring}] ${ubuntuArchive} ${part} main universe\n`).join('')
}
