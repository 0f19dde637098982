import { hardening } from './hardening.ts'
import { unitText } from './text.ts'

export interface NfsUnit {
  /** Of its configuration. */
  configuration: string
  /** Folder below /var/lib that it remembers in. */
  state: string
  /** What it gives to other machines. */
  path: string
}

/** Megabytes. It takes 33 to begin with; the rest is what it keeps of files. */
const memoryMb = 192

/**
 * An instance of our own of NFS-Ganesha. It is root, as whoever opens files by handle has to be, with what that takes and no more
 * (capabilities(7)).
 */
export function nfsUnit({ configuration, state, path }: NfsUnit): { name: string; text: string } {
  const text = unitText({
    Unit: {
      Description: 'bookstore, covers for the other web machines',
      Wants: 'network-online.target',
      After: 'network-online.target',
      RequiresMountsFor: path,
      StartLimitIntervalSec: 0,
    },
    Service: {
      Type: 'exec',
      ExecStart: `/usr/bin/ganesha.nfsd -F -L STDOUT -N NIV_CRIT -f ${configuration} -p /run/ganesha/bookstore.pid`,
      RuntimeDirectory: 'ganesha',
      StateDirectory: state,
      StateDirectoryMode: '0700',
      Slice: 'bookstore.slice',
      Restart: 'always',
      RestartSec: 2,
      TimeoutStopSec: 20,
      MemoryMax: `${memoryMb}M`,
      TasksMax: 512,
      LimitCORE: 0,
      ...hardening,
      // It finds the file system of a path by where that is mounted: a root that it may not write to is one for all that lies there.
      ProtectSystem: 'full',
      SystemCallFilter: ['@system-service', 'open_by_handle_at', '~@resources'],
      CapabilityBoundingSet:
        'CAP_CHOWN CAP_DAC_OVERRIDE CAP_DAC_READ_SEARCH CAP_FOWNER CAP_SETGID CAP_SETUID CAP_SYS_RESOURCE',
      MemoryDenyWriteExecute: 'yes',
      RestrictAddressFamilies: 'AF_UNIX AF_INET AF_INET6',
    },
    Install: { WantedBy: 'multi-user.target' },
  })
  return { name: 'bookstore-nfs.service', text }
}
