import type { Host } from '../host.ts'
import { plainFile, writeFileSpec } from './file.ts'
import { Originals } from './originals.ts'

/** Asked by packages before they start something: see invoke-rc.d(8). 101 forbids. */
const path = '/usr/sbin/policy-rc.d'
const content = `#!/bin/sh
# Written by bookstore while it installs packages: what does not run already is not started.
[ "$1" = --quiet ] && shift
case "$2" in
  *start|*reload) systemctl is-active --quiet "$1" || exit 101 ;;
esac
exit 0
`

/** Nothing that is installed meanwhile starts by itself. A policy that was there is put back. */
export async function withoutStarting<T>(host: Host, work: () => Promise<T>): Promise<T> {
  const originals = new Originals(host.memory)
  await originals.remember(path)
  try {
    await writeFileSpec({ ...plainFile, path, content, mode: '0755' })
    return await work()
  } finally {
    await originals.restore(path)
  }
}

/** An installation of ours was killed, and our policy still stands. */
export function wasInterrupted(host: Host): Promise<boolean> {
  return new Originals(host.memory).knows(path)
}
