import type { DnsProvider } from './provider.ts'
import type { DnsView } from './query/view.ts'
import { serialised } from './serial.ts'
import type { DnsSecrets, DnsSettings } from './settings.ts'

/**
 * The provider that the settings name; its code is loaded only then.
 *
 * @param view Where `manual` looks at the DNS; the others ask their own interface.
 * @throws BookstoreError 'dns-secret-missing' with status 78.
 */
export async function createProvider(
  settings: DnsSettings,
  secrets: DnsSecrets,
  view: DnsView = {},
): Promise<DnsProvider> {
  return serialised(await load(settings, secrets, view))
}

async function load(settings: DnsSettings, secrets: DnsSecrets, view: DnsView): Promise<DnsProvider> {
  switch (settings.provider) {
    case 'rfc2136':
      return (await import('./rfc2136/provider.ts')).rfc2136(settings, secrets)
    case 'route53':
      return (await import('./route53/provider.ts')).route53(settings, secrets)
    case 'cloudflare':
      return (await import('./cloudflare/provider.ts')).cloudflare(settings, secrets)
    case 'godaddy':
      return (await import('./godaddy/provider.ts')).godaddy(settings, secrets)
    case 'manual':
      return (await import('./manual/provider.ts')).manual(view)
  }
}
