import type { Step } from '../visit.ts'
import { certificate } from './certificate.ts'
import { health } from './health.ts'
import { httpRedirects } from './redirect.ts'
import { securityHeaders } from './security-headers.ts'
import { tlsVersions } from './tls-versions.ts'
import { unknownHost } from './unknown-host.ts'

/** What stands before the shop: names, ports, certificate, headers. */
export const edgeSteps: readonly Step[] = [
  certificate,
  tlsVersions,
  httpRedirects,
  unknownHost,
  health,
  securityHeaders,
]
