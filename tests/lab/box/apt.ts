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

/**
 * No address of a mirror stands in the repository: this box knows one. The suite is the box's own, or another that the same
 * mirror has.
 */
export async function aptSettings(suite?: string): Promise<AptSettings> {
  const own = /^VERSION_CODENAME=(\S+)/m.exec(await readFile('/etc/os-release', 'utf8'))?.[1]
  if (!own) throw new Error('the suite of this box is not in /etc/os-release')
  const wanted = suite ?? own
  const format = '$(RELEASE) $(REPO_URI) $(COMPONENT)'
  const targets = await must(['apt-get', 'indextargets', '--format', format, 'Created-By: Packages'])
  const sources = [...new Set(targets.trim().split('\n'))]
    .map((line) => line.split(' '))
    .filter(([release = '']) => [own, `${own}-updates`, `${own}-security`].includes(release))
    .map(([release = '', uri, component]) => `deb ${uri} ${release.replace(own, wanted)} ${component}\n`)
  if (sources.length === 0) throw new Error(`apt of this box has no source for ${own}`)
  const kept = /^Acquire::(https?::Proxy|Check-(Valid-Until|Date)|https::(CaInfo|Verify-Peer))\b.*/gim
  const options = (await must(['apt-config', 'dump'])).match(kept) ?? []
  return { suite: wanted, sources: sources.sort().join(''), options: options.map((line) => `${line}\n`).join('') }
}
