import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { digestOf, readSecret } from '../shop/secrets.ts'
import type { ServiceKind } from '../shop/services.ts'
import { socketOf } from './layout.ts'
import type { LocalSite } from './local-site.ts'
import { revisionOf } from './programs.ts'
import { serviceEnvironment } from './service-verb.ts'
import type { ProcessSpec } from './supervisor/spec.ts'

/** How one process of a service runs. Another build, other settings or other secrets give another spec. */
export async function serviceSpec(local: LocalSite, kind: ServiceKind, instance: string): Promise<ProcessSpec> {
  const { layout, programs } = local
  const program = programs.service(kind.name)
  const internal = socketOf(layout, `${instance}-internal`)
  return {
    name: instance,
    argv: [programs.node, program, 'serve'],
    cwd: layout.run,
    env: serviceEnvironment(local, kind.name, instance),
    ready: { kind: 'http', socket: internal, path: '/readyz', live: '/livez' },
    // A process finishes what is in flight within 10 s (docs/decisions/0002).
    stop: { signal: 'SIGTERM', graceMs: 12_000 },
    tier: 2,
    leftovers: [socketOf(layout, instance), internal],
    revision: `${await revisionOf(program)}-${await secretsRevision(local, kind)}`,
    log: join(layout.logs, `${instance}.log`),
  }
}

async function secretsRevision({ layout }: LocalSite, kind: ServiceKind): Promise<string> {
  const secrets = await Promise.all(Object.values(kind.credentials).map((name) => readSecret(layout.secrets, name)))
  const digests = secrets.map((secret) => (secret ? digestOf(secret) : 'missing'))
  return createHash('sha256').update(digests.join()).digest('hex').slice(0, 8)
}
