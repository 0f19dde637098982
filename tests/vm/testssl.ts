import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { run } from '../lab/box/run.ts'
import type { Operator } from './operator.ts'

export interface Finding {
  id: string
  severity: string
  finding: string
}

/** Findings of testssl.sh 3.0.8 that stand, and why. */
const accepted: Readonly<Record<string, string>> = {
  // Pebble names no CRL in what it signs. Let's Encrypt does: it is the authority's to say, not the server's.
  cert_revocation: 'Neither CRL nor OCSP URI provided',
  // LOW, and the owner's of the zone to say.
  DNS_CAArecord: '--',
  // Any page that is compressed. It takes a secret in the page and a request from elsewhere that carries its reader's
  // cookie: no page has a token, and cookies are SameSite=Lax.
  BREACH: "potentially VULNERABLE, gzip HTTP compression detected  - only supplied '/' tested",
  // No finding: it asks by a renegotiation, which the OpenSSL 3 that it uses refuses to begin.
  secure_renego: "OpenSSL handshake didn't succeed",
}

/** Whether it is one of those, in these very words: another result of the same check is not. */
export function isAccepted({ id, finding }: Finding): boolean {
  return accepted[id] === finding
}

/**
 * All that testssl.sh finds to say against a shop, LOW and above, from protocols to holes with a name. It leaves out
 * what only lists: every cipher by itself, and clients that it plays.
 */
export async function testssl(operator: Operator, domain: string, attempts = 3): Promise<readonly Finding[]> {
  const { folder, names, roots } = operator
  const file = join(folder, 'testssl.json')
  const about = [
    '--protocols',
    '--std',
    '--pfs',
    '--server-preference',
    '--server-defaults',
    '--headers',
    '--vulnerable',
  ]
  const output = ['--quiet', '--color', '0', '--warnings', 'off', '--severity', 'LOW', '--jsonfile-pretty', file]
  const argv = ['testssl', ...output, '--ip', 'one', '--add-ca', roots, ...about, `https://${domain}`]
  // Its status counts findings. It appends to a file that is there.
  await rm(file, { force: true })
  const { stdout } = await run(names.resolving(argv), { timeoutMs: 5 * 60_000 })
  const { scanResult } = JSON.parse(await readFile(file, 'utf8')) as { scanResult: Record<string, unknown>[] }
  const [seen] = scanResult
  // A scan that ended early has no such part: silence would be taken for praise.
  if (!Array.isArray(seen?.vulnerabilities)) throw new Error(`testssl.sh did not end well: ${stdout.slice(-2_000)}`)
  const findings = Object.values(seen).flatMap((part) => (Array.isArray(part) ? (part as Finding[]) : []))
  // On a busy computer one of its hundreds of connections may come too late, and then it knows nothing.
  const unknown = findings.filter(({ finding }) => finding.includes('connect problem'))
  return unknown.length > 0 && attempts > 1 ? testssl(operator, domain, attempts - 1) : findings
}
