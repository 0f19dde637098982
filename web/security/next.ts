/**
 * Where to go on after log-in: `next` when it is a path of this shop, else undefined. Anything that a browser could
 * read as another host (`//evil`, `/\evil`, a scheme, control characters that parsers drop) is not.
 */
export function localPath(next: string | null | undefined): string | undefined {
  if (!next || next.length > 500 || !/^\/[\x21-\x7e]*$/.test(next) || next.includes('\\')) return undefined
  const base = 'http://shop.invalid'
  try {
    const url = new URL(next, base)
    const path = url.pathname + url.search + url.hash
    return url.origin === base && !path.startsWith('//') ? path : undefined
  } catch {
    return undefined
  }
}
