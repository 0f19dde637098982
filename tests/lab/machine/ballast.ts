const path = '/var/ballast'

/** Most of it at once, the rest by writing until nothing more fits. */
const script = `
  fallocate -l "$(( $(stat -f -c '%a * %S' /) * 9 / 10 ))" "$1"
  cat /dev/zero >>"$1" 2>/dev/null
  truncate -s "-$2K" "$1" && sync
`

/** An argv that fills the disk of the machine it runs on but for so much. */
export function fill(freeKb: number): string[] {
  return ['sh', '-c', script, 'sh', path, String(freeKb)]
}

export const free = ['rm', '-f', path]
