import { unitText } from './text.ts'

export interface NfsMount {
  /** Address of the server. */
  server: string
  /** As the server calls it. */
  path: string
  /** Absolute path, of words without a hyphen or anything else that systemd would escape. */
  at: string
}

/**
 * Whoever uses the folder waits for its server rather than being told of an error that is over soon; that a file was not there is
 * not remembered.
 */
const options = [
  'hard',
  'nfsvers=4.2',
  'lookupcache=positive',
  'noresvport',
  'retry=100000',
  '_netdev',
  'nosuid',
  'nodev',
  'noexec',
]

/**
 * A folder of another machine. When that one is off, the start waits for it without end, and with it those that require the mount;
 * by the dependencies that mounts have by default, so would every login of a user other than root. Source: nfs(5), systemd.mount(5).
 */
export function nfsMountUnit({ server, path, at }: NfsMount): { name: string; text: string } {
  const host = server.includes(':') ? `[${server}]` : server
  const text = unitText({
    Unit: {
      Description: 'bookstore, covers of all web machines',
      DefaultDependencies: 'no',
      Conflicts: 'umount.target',
      Before: 'umount.target',
      Wants: 'network-online.target',
      After: 'network-online.target',
    },
    Mount: {
      What: `${host}:${path}`,
      Where: at,
      Type: 'nfs',
      Options: options.join(','),
      TimeoutSec: 'infinity',
    },
    Install: { WantedBy: 'multi-user.target' },
  })
  return { name: mountUnitName(at), text }
}

/** '/var/lib/bookstore/covers' is 'var-lib-bookstore-covers.mount'. */
export const mountUnitName = (at: string): string => `${at.slice(1).replaceAll('/', '-')}.mount`
