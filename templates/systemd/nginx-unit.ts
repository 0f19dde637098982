import { hardening } from './hardening.ts'
import { unitText } from './text.ts'

export interface NginxUnit {
  user: string
  /** Of the processes' sockets, and of those who use NGINX's. */
  socketGroup: string
  /** NGINX and its arguments, up to the configuration. */
  argv: readonly string[]
  /** All that it may write: sockets, temporary files, logs. */
  writable: readonly string[]
  /** Folders of its Unix sockets. A killed NGINX leaves them, and the next could not listen. */
  sockets: readonly string[]
}

/**
 * An NGINX of our own, from the distribution's package. It is not root, not even its first process: the one capability
 * that it has lets it listen on 80 and 443.
 */
export function nginxUnit(unit: NginxUnit): { name: string; text: string } {
  const command = unit.argv.join(' ')
  const text = unitText({
    Unit: {
      Description: 'bookstore NGINX',
      After: 'network.target',
      StartLimitIntervalSec: '10min',
      StartLimitBurst: 100,
    },
    Service: {
      Type: 'exec',
      ExecStartPre: `/usr/bin/find ${unit.sockets.join(' ')} -type s -delete`,
      ExecStart: command,
      ExecReload: '/bin/kill -HUP $MAINPID',
      User: unit.user,
      SupplementaryGroups: unit.socketGroup,
      Slice: 'bookstore.slice',
      KillMode: 'mixed',
      KillSignal: 'SIGQUIT',
      TimeoutStopSec: 20,
      Restart: 'always',
      RestartSec: 2,
      TasksMax: 64,
      LimitNOFILE: 16_384,
      LimitCORE: 0,
      ReadWritePaths: unit.writable,
      ...hardening,
      CapabilityBoundingSet: 'CAP_NET_BIND_SERVICE',
      AmbientCapabilities: 'CAP_NET_BIND_SERVICE',
      MemoryDenyWriteExecute: 'yes',
      ProcSubset: 'pid',
      RestrictAddressFamilies: 'AF_UNIX AF_INET AF_INET6',
    },
    Install: { WantedBy: 'multi-user.target' },
  })
  return { name: 'bookstore-nginx.service', text }
}
