/** What the codes of a failed connection or handshake mean to a person. */
const sentences: Record<string, string> = {
  ECONNREFUSED: 'nobody listens there',
  ECONNRESET: 'the connection was cut',
  EPIPE: 'the connection was cut',
  ENOTFOUND: 'the name is not known to the DNS',
  EAI_AGAIN: 'the DNS does not answer',
  EHOSTUNREACH: 'that computer cannot be reached',
  ENETUNREACH: 'that network cannot be reached',
  ETIMEDOUT: 'the connection was not accepted in time',
  CERT_HAS_EXPIRED: 'its certificate has expired',
  CERT_NOT_YET_VALID: 'its certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'its certificate is for another name',
  HOSTNAME_MISMATCH: 'its certificate is for another name',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is signed by itself, not by an authority',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT: 'its certificate comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate comes from an authority that is not trusted here',
  CERT_SIGNATURE_FAILURE: 'the signature of its certificate is not that of the authority',
  INVALID_CA: 'its certificate comes from something that is no authority',
  ERR_SSL_TLSV1_UNRECOGNIZED_NAME: 'it has nothing for this name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'it does not speak TLS on that port',
  PERMITTED_VIOLATION: 'its authority may not issue certificates for this name',
}

interface Failure {
  code?: string
  message?: string
  errors?: readonly unknown[]
  reason?: string
}

/** One clause for a failed call: 'nobody listens there (ECONNREFUSED)'. */
export function explain(error: unknown): string {
  const { code, message, errors, reason } = error as Failure
  // Two addresses were tried (node:net, autoSelectFamily).
  if (errors?.[0] !== undefined && sentences[code ?? ''] === undefined) return explain(errors[0])
  // OpenSSL's messages name its own source files; its reason is enough.
  return explainCode(code) ?? reason ?? message ?? String(error)
}

export function explainCode(code: string | undefined): string | undefined {
  if (code === undefined) return undefined
  const sentence = sentences[code]
  return sentence === undefined ? undefined : `${sentence} (${code})`
}
