import { readFile } from 'node:fs/promises'

/** Addresses of name servers that a machine can use as this box does; a stub on loopback would be the machine's own. */
export async function boxResolvers(): Promise<string[]> {
  for (const path of ['/etc/resolv.conf', '/run/systemd/resolve/resolv.conf']) {
    const text = await readFile(path, 'utf8').catch(() => '')
    const found = [...text.matchAll(/^nameserver\s+([\d.]+)/gm)].map(([, address = '']) => address)
    const usable = found.filter((it) => !it.startsWith('127.'))
    if (usable.length > 0) return usable
  }
  return []
}
