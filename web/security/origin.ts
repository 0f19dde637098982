export interface OriginHeaders {
  origin?: string | undefined
  referer?: string | undefined
  'sec-fetch-site'?: string | string[] | undefined
}

function originOf(url: string): string | undefined {
  try {
    return new URL(url).origin
  } catch {
    return undefined
  }
}

/**
 * True when a form was sent by a page of the shop. `Origin` decides where a browser sends it, then Fetch Metadata,
 * then `Referer`; a request that says nothing of where it comes from is refused, and so is one whose headers disagree.
 * https://cheatsheetseries.owasp.org/cheatsheets/Cross-Site_Request_Forgery_Prevention_Cheat_Sheet.html
 */
export function isSameOrigin(headers: OriginHeaders, siteOrigin: string): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  if (headers.origin !== undefined) return headers.origin === siteOrigin
  if (site !== undefined) return true
  return headers.referer !== undefined && originOf(headers.referer) === siteOrigin
}
