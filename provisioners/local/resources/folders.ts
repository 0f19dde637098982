import { readlink } from 'node:fs/promises'
import { changeOf, define, differs } from '../../engine/define.ts'
import type { Resource } from '../../engine/resource.ts'
import { makeSecrets, missingSecrets, secretNames } from '../../shop/secrets.ts'
import { credentialCount, staleCredentials, writeCredentials } from '../credentials.ts'
import { isPrivate, makeFolders, privateFolders } from '../folders.ts'
import type { Layout } from '../layout.ts'
import type { LocalSite } from '../local-site.ts'
import { at } from './addresses.ts'

/** Everything the site keeps is below one folder, closed to other users. */
export function folders({ layout }: LocalSite): Resource {
  return define<readonly string[], { missing: readonly string[] }>({
    address: at.folders,
    label: 'folder',
    dependsOn: [],
    desired: () => [],
    async read() {
      const missing = await missingFolders(layout)
      return missing.includes(layout.home) ? undefined : { missing }
    },
    diff: (desired, { missing }) => changeOf(differs('missing or open folders', missing, desired)),
    async ensure() {
      await makeFolders(layout)
      return { missing: [] }
    },
    detail: () => layout.home,
  })
}

async function missingFolders(layout: Layout): Promise<string[]> {
  const wanted = [...privateFolders(layout), layout.run]
  const found = await Promise.all(wanted.map(isPrivate))
  const missing = wanted.filter((_, position) => found[position] === false)
  if (layout.run === layout.runLink) return missing
  const linked = (await readlink(layout.runLink).catch(() => undefined)) === layout.run
  return linked ? missing : [...missing, layout.runLink]
}

export function secrets({ layout }: LocalSite): Resource {
  return define<readonly string[], { missing: readonly string[] }>({
    address: at.secrets,
    label: 'secrets',
    dependsOn: [at.folders],
    desired: () => [],
    async read() {
      const missing = await missingSecrets(layout.secrets)
      return missing.length === secretNames.length ? undefined : { missing }
    },
    diff: (desired, { missing }) => changeOf(differs('missing', missing, desired)),
    async ensure() {
      await makeSecrets(layout.secrets)
      return { missing: [] }
    },
  })
}

/** What each service may know of the secrets. */
export function credentials({ layout }: LocalSite): Resource {
  return define<readonly string[], { stale: readonly string[] }>({
    address: at.credentials,
    label: 'credentials',
    dependsOn: [at.secrets],
    desired: () => [],
    async read() {
      const stale = await staleCredentials(layout)
      return stale.length === credentialCount ? undefined : { stale }
    },
    diff: (desired, { stale }) => changeOf(differs('missing or old', stale, desired)),
    async ensure() {
      await writeCredentials(layout)
      return { stale: [] }
    },
  })
}
