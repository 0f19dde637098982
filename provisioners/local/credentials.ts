import { mkdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '../engine/files.ts'
import type { Secret } from '../engine/secret.ts'
import { readSecret, type SecretName } from '../shop/secrets.ts'
import { services } from '../shop/services.ts'
import type { Layout } from './layout.ts'

interface Credential {
  /** 'catalog/database-password'. */
  name: string
  folder: string
  file: string
  secret: SecretName
}

function credentials(layout: Layout): Credential[] {
  return services.flatMap((service) =>
    Object.entries(service.credentials).map(([file, secret]) => {
      const folder = join(layout.credentials, service.name)
      return { name: `${service.name}/${file}`, folder, file: join(folder, file), secret }
    }),
  )
}

export const credentialCount = services.reduce((sum, service) => sum + Object.keys(service.credentials).length, 0)

/** Names of credential files that are missing or hold something else than our secret. */
export async function staleCredentials(layout: Layout): Promise<string[]> {
  const all = credentials(layout)
  const good = await Promise.all(
    all.map(async (each) => isCurrent(each, await readSecret(layout.secrets, each.secret))),
  )
  return all.filter((_, position) => !good[position]).map((each) => each.name)
}

async function isCurrent({ file }: Credential, secret: Secret | undefined): Promise<boolean> {
  const text = await readFile(file, 'utf8').catch(() => undefined)
  return secret !== undefined && text?.trim() === secret.reveal()
}

/** Gives each service the secrets that it needs, and no other, the way systemd's LoadCredential does. */
export async function writeCredentials(layout: Layout): Promise<void> {
  for (const { folder, file, secret } of credentials(layout)) {
    const value = await readSecret(layout.secrets, secret)
    if (!value || (await isCurrent({ name: '', folder, file, secret }, value))) continue
    await mkdir(folder, { recursive: true, mode: 0o700 })
    await writeFileAtomic(file, value.reveal(), 0o600)
  }
}
