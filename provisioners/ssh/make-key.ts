import ssh2 from 'ssh2'

/** A pair as ssh-keygen writes it: OpenSSH's own format, without a passphrase. */
export interface SshKeyPair {
  privateKey: string
  /** 'ssh-ed25519 AAAA... COMMENT' */
  publicKey: string
}

export function makeSshKey(comment: string): SshKeyPair {
  for (;;) {
    const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519', { comment })
    // ssh2 drops zeros that a public key begins with, which one in 256 does; nothing takes such a key (lib/keygen.js).
    if (isWhole(publicKey)) return { privateKey: `${privateKey.trimEnd()}\n`, publicKey: publicKey.trim() }
  }
}

/** RFC 8709: two strings with their lengths, 'ssh-ed25519' and 32 bytes. */
function isWhole(publicKey: string): boolean {
  const [, blob = ''] = publicKey.split(' ')
  return Buffer.from(blob, 'base64').length === 4 + 'ssh-ed25519'.length + 4 + 32
}
