import { readFile } from 'node:fs/promises'
import { namespaceOf } from '../lab/box/network.ts'
import { type Finished, run } from '../lab/box/run.ts'
import type { Lab } from '../lab/lab.ts'
import type { Machine } from '../lab/machine/machine.ts'

const program = new URL('fixtures/mount.nfs', import.meta.url)

/**
 * The kernels of a lab's machines are the box's, which need not have NFS. From now on mount(8) gets its help for NFS from a program of
 * ours instead of that of the package, which may be installed later.
 */
export async function takeUserSpaceNfs(machine: Machine): Promise<void> {
  const script = `
    apt-get update -qq
    apt-get install -qq --no-install-recommends python3-fusepy libnfs13 fuse
    rm -rf /var/lib/apt/lists/*
    dpkg-divert --quiet --local --rename --divert /sbin/mount.nfs.package --add /sbin/mount.nfs
    cat >/sbin/mount.nfs
    chmod 755 /sbin/mount.nfs`
  await machine.must(['sh', '-ec', script], { input: await readFile(program), timeoutMs: 240_000 })
}

/** What a client at a machine's address is told about the covers by the server at another one. */
export function listCovers(lab: Lab, from: Machine, server: Machine): Promise<Finished> {
  const client = ['timeout', '3', 'nfs-ls', `nfs://${server.address}/covers?version=4`]
  const host = Number(from.address.split('.').at(-1))
  return run(['ip', 'netns', 'exec', namespaceOf(lab.id, host), ...client])
}
