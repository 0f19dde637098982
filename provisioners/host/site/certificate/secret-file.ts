/** 'CLOUDFLARE_API_TOKEN' is kept as 'dns-cloudflare-api-token'. */
export const dnsSecretFile = (name: string): string => `dns-${name.toLowerCase().replaceAll('_', '-')}`

/** What the operator's side has of an authority already, for a machine that has nothing yet. It is taken over, not kept as it is. */
export const handoverSecret = 'certificate-handover'
