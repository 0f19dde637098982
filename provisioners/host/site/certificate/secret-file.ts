/** 'CLOUDFLARE_API_TOKEN' is kept as 'dns-cloudflare-api-token'. */
export const dnsSecretFile = (name: string): string => `dns-${name.toLowerCase().replaceAll('_', '-')}`
