import { BookstoreError } from '../../engine/errors.ts'

interface Kind {
  code: string
  /** In what apt says under LC_ALL=C; it has one exit code (100) for everything. */
  pattern: RegExp
  hint: string
}

const again = 'Run the same command again.'

/** The first that fits counts. */
const kinds: readonly Kind[] = [
  {
    code: 'apt-locked',
    pattern: /Could not get lock|Unable to (acquire|lock) /,
    hint: `Wait until it has ended. ${again}`,
  },
  { code: 'dpkg-interrupted', pattern: /dpkg was interrupted/, hint: 'Run on the machine: dpkg --configure -a' },
  {
    code: 'disk-full',
    pattern: /No space left on device|don't have enough free space/,
    hint: 'Free some space on the machine (df -h shows where), then run the same command again.',
  },
  {
    code: 'apt-lists-old',
    pattern: /Unable to locate package|has no installation candidate|Version .* was not found/,
    hint: 'Check the sources of packages on the machine (/etc/apt).',
  },
  {
    code: 'apt-fetch-failed',
    pattern: /Failed to fetch|Could not (resolve|connect)|Temporary failure resolving|Connection (failed|timed out)/,
    hint: `Check the machine's way to its package sources. ${again}`,
  },
]

const otherwise = { code: 'apt-failed', hint: 'Look on the machine: apt-get --fix-broken install' }

/** What apt's own words mean, as an error with a code that can be retried. */
export function aptError(doing: string, said: string): BookstoreError {
  const { code, hint } = kinds.find(({ pattern }) => pattern.test(said)) ?? otherwise
  const lines = said.split('\n').filter((line) => /^(E|dpkg): /.test(line))
  const reasons = [...new Set(lines.map((line) => line.replace(/^E: /, '')))].slice(0, 3)
  const why = reasons.length > 0 ? reasons.join(' ') : said.trim().split('\n').slice(-3).join(' ')
  return new BookstoreError(`${doing} failed: ${why}`, { code, fault: 'remote', hint })
}

/** 'apt-get (process 1234)'. */
export function lockOwner(said: string): string {
  const [, pid, name] = /held by process (\d+) \(([^)]+)\)/.exec(said) ?? []
  return pid === undefined ? 'another program' : `${name} (process ${pid})`
}
