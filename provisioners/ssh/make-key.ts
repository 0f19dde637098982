import ssh2 from 'ssh2'

/** A pair as ssh-keygen writes it: OpenSSH's own format, without a passphrase. */
export interface SshKeyPair {
  privateKey: string
  /** 'ssh-ed25519 AAAA... COMMENT' */
  publicKey: string
}

export function makeSshKey(comment: string): SshKeyPair {
  const { private: privateKey, public: publicKey } = ssh2.utils.generateKeyPairSync('ed25519', { comment })
  return { privateKey: `${privateKey.trimEnd()}\n`, publicKey: publicKey.trim() }
}
