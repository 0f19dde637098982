/** A host key as OpenSSH writes it. */
export interface InjectedKey {
  privateKey: string
  publicKey: string
}

/**
 * What a fresh machine is told at its first boot: the host key that we shall know it by. Where keys are given, cloud-init
 * makes no others, and it writes them before sshd starts:
 * https://cloudinit.readthedocs.io/en/latest/reference/modules.html#ssh
 */
export function userData({ privateKey, publicKey }: InjectedKey): string {
  const lines = privateKey.trim().split('\n')
  return [
    '#cloud-config',
    'ssh_deletekeys: true',
    'ssh_keys:',
    '  ed25519_private: |',
    ...lines.map((line) => `    ${line}`),
    `  ed25519_public: ${publicKey.trim()}`,
    '',
  ].join('\n')
}
