import type { Directives } from './text.ts'

/**
 * What no process of ours needs (systemd.exec(5)). All of it is known to systemd 249, the oldest that we meet: a value
 * that is not known is ignored, and the protection with it. `MemoryDenyWriteExecute` is missing because V8 compiles to
 * memory that it then runs, `ProcSubset=pid` because Node counts processors in /proc.
 */
export const hardening: Directives = {
  UMask: '0077',
  NoNewPrivileges: 'yes',
  ProtectSystem: 'strict',
  ProtectHome: 'yes',
  ProtectProc: 'invisible',
  ProtectClock: 'yes',
  ProtectHostname: 'yes',
  ProtectControlGroups: 'yes',
  ProtectKernelLogs: 'yes',
  ProtectKernelModules: 'yes',
  ProtectKernelTunables: 'yes',
  PrivateTmp: 'yes',
  PrivateDevices: 'yes',
  PrivateIPC: 'yes',
  RemoveIPC: 'yes',
  RestrictNamespaces: 'yes',
  RestrictRealtime: 'yes',
  RestrictSUIDSGID: 'yes',
  LockPersonality: 'yes',
  SystemCallArchitectures: 'native',
  SystemCallFilter: ['@system-service', '~@privileged @resources'],
  SystemCallErrorNumber: 'EPERM',
}
