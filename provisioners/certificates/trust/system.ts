import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../../engine/files.ts'
import type { Computer } from './computer.ts'
import type { Root, TrustOutcome, TrustStore } from './store.ts'

interface Layout {
  folder: string
  /** Makes the bundles anew from the folder. */
  refresh: readonly string[]
}

/** The first folder that exists tells the family. */
const layouts: readonly Layout[] = [
  { folder: '/usr/local/share/ca-certificates', refresh: ['update-ca-certificates'] },
  { folder: '/etc/pki/ca-trust/source/anchors', refresh: ['update-ca-trust', 'extract'] },
  { folder: '/etc/ca-certificates/trust-source/anchors', refresh: ['update-ca-trust'] },
  { folder: '/etc/pki/trust/anchors', refresh: ['update-ca-certificates'] },
]

const name = 'system'

/** What curl, wget, Python, Go and the like use on Linux. */
export function systemStore(computer: Computer, known = layouts): TrustStore {
  return {
    name,
    async add(root, signal) {
      const layout = await layoutOf(computer, known)
      if (!layout) return unknownSystem()
      const file = fileOf(layout, root)
      if ((await textOf(file)) === root.pem) return { store: name, did: 'was there' }
      return change(computer, layout, signal, {
        act: () => writeFileAtomic(file, root.pem, 0o644),
        command: `install -m 0644 ${root.file} ${file}`,
        did: 'added',
      })
    },
    async remove(root, signal) {
      const layout = await layoutOf(computer, known)
      if (!layout) return unknownSystem()
      const file = fileOf(layout, root)
      if ((await textOf(file)) === undefined) return { store: name, did: 'was not there' }
      return change(computer, layout, signal, {
        act: () => rm(file, { force: true }),
        command: `rm -f ${file}`,
        did: 'removed',
      })
    },
  }
}

async function layoutOf(computer: Computer, known: readonly Layout[]): Promise<Layout | undefined> {
  for (const layout of known) if (await computer.isFolder(layout.folder)) return layout
  return undefined
}

/** `update-ca-certificates` wants the ending `.crt`. */
function fileOf({ folder }: Layout, root: Root): string {
  return join(folder, `${root.name.replace(/[^\w.-]+/g, '-')}.crt`)
}

async function textOf(file: string): Promise<string | undefined> {
  return readFile(file, 'utf8').catch(() => undefined)
}

async function change(
  computer: Computer,
  { refresh }: Layout,
  signal: AbortSignal,
  { act, command, did }: { act(): Promise<void>; command: string; did: 'added' | 'removed' },
): Promise<TrustOutcome> {
  const remedy = `sudo sh -c '${command} && ${refresh.join(' ')}'`
  if (!computer.isRoot) return { store: name, did: 'could not', because: 'only root may change it', remedy }
  const [program = '', ...rest] = refresh
  const path = await computer.find(program)
  if (path === undefined) {
    return {
      store: name,
      did: 'could not',
      because: `${program} is missing`,
      remedy: 'apt-get install ca-certificates',
    }
  }
  await act()
  const { code, output } = await computer.run([path, ...rest], signal)
  if (code === 0) return { store: name, did }
  return { store: name, did: 'could not', because: `${program} ended with status ${code}: ${output.trim()}`, remedy }
}

function unknownSystem(): TrustOutcome {
  const because = 'this system keeps its certificates in no place that we know'
  return {
    store: name,
    did: 'could not',
    because,
    remedy: 'Give programs the file itself: curl --cacert, NODE_EXTRA_CA_CERTS',
  }
}
