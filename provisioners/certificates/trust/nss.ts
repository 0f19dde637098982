import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Computer } from './computer.ts'
import type { Root, TrustOutcome, TrustStore } from './store.ts'

/** Chromium and Firefox on Linux keep databases of their own (NSS), which only certutil can change. */
export async function nssStores(computer: Computer): Promise<TrustStore[]> {
  const firefox = await Promise.all(firefoxFolders(computer.home).map((folder) => profilesIn(computer, folder)))
  return [
    nssStore(computer, 'Chromium', join(computer.home, '.pki/nssdb')),
    ...firefox.flat().map((folder) => nssStore(computer, `Firefox (${folder.split('/').at(-1)})`, folder)),
  ]
}

function firefoxFolders(home: string): string[] {
  return [
    join(home, '.mozilla/firefox'),
    join(home, 'snap/firefox/common/.mozilla/firefox'),
    join(home, '.var/app/org.mozilla.firefox/.mozilla/firefox'),
    join(home, 'Library/Application Support/Firefox/Profiles'),
  ]
}

async function profilesIn(computer: Computer, folder: string): Promise<string[]> {
  const names = await computer.list(folder)
  const found = await Promise.all(
    names.map(async (name) =>
      (await computer.list(join(folder, name))).includes('cert9.db') ? [join(folder, name)] : [],
    ),
  )
  return found.flat()
}

function nssStore(computer: Computer, name: string, folder: string): TrustStore {
  const database = `sql:${folder}`
  const could = (outcome: Omit<TrustOutcome, 'store'>): TrustOutcome => ({ store: name, ...outcome })
  const present = async (certutil: string, root: Root, signal: AbortSignal) =>
    (await computer.run([certutil, '-d', database, '-L', '-n', root.name], signal)).code === 0
  return {
    name,
    async add(root, signal) {
      const certutil = await computer.find('certutil')
      if (certutil === undefined) return could(withoutCertutil)
      await makeDatabase(computer, certutil, folder, signal)
      const same = (await currentPem(computer, certutil, database, root, signal)) === compact(root.pem)
      if (same) return could({ did: 'was there' })
      if (await present(certutil, root, signal))
        await computer.run([certutil, '-d', database, '-D', '-n', root.name], signal)
      const argv = [certutil, '-d', database, '-A', '-t', 'C,,', '-n', root.name, '-i', root.file]
      const { code, output } = await computer.run(argv, signal)
      return code === 0 ? could({ did: 'added' }) : could({ did: 'could not', because: output.trim() })
    },
    async remove(root, signal) {
      if ((await computer.list(folder)).length === 0) return could({ did: 'was not there' })
      const certutil = await computer.find('certutil')
      if (certutil === undefined) return could(withoutCertutil)
      if (!(await present(certutil, root, signal))) return could({ did: 'was not there' })
      const { code, output } = await computer.run([certutil, '-d', database, '-D', '-n', root.name], signal)
      return code === 0 ? could({ did: 'removed' }) : could({ did: 'could not', because: output.trim() })
    },
  }
}

const withoutCertutil: Omit<TrustOutcome, 'store'> = {
  did: 'could not',
  because: 'the tool certutil is missing',
  remedy: 'sudo apt-get install libnss3-tools (Fedora: nss-tools, Arch: nss), then bookstore trust',
}

/** Chromium makes its database when it is first started; we may be earlier. */
async function makeDatabase(computer: Computer, certutil: string, folder: string, signal: AbortSignal): Promise<void> {
  if ((await computer.list(folder)).includes('cert9.db')) return
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await computer.run([certutil, '-d', `sql:${folder}`, '-N', '--empty-password'], signal)
}

async function currentPem(computer: Computer, certutil: string, database: string, root: Root, signal: AbortSignal) {
  const { code, output } = await computer.run([certutil, '-d', database, '-L', '-n', root.name, '-a'], signal)
  return code === 0 ? compact(output) : undefined
}

/** The base64 alone: line lengths differ between tools. */
function compact(pem: string): string {
  return pem.replace(/-----[^-]+-----/g, '').replace(/\s/g, '')
}
