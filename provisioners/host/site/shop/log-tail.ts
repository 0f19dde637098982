import type { Host } from '../../host.ts'
import { composeUnitName, containerName } from '../containers/docker.ts'
import { type Process, unitName } from '../units.ts'

/** Where the journal has what a process wrote, and what is said of it. */
export type Matches = readonly [own: string, about: string]

export const unitMatches = (unit: string): Matches => [`_SYSTEMD_UNIT=${unit}`, `--unit=${unit}`]

export function matchesOf(process: Process): Matches {
  if (process.runtime === 'systemd') return unitMatches(unitName(process))
  return [`CONTAINER_NAME=${containerName(process)}`, `--unit=${composeUnitName(process.slot)}`]
}

/** The last lines that a process wrote, as people read them; or, where it was silent, what systemd says of it. */
export async function lastWords(host: Host, [own, about]: Matches): Promise<readonly string[]> {
  const said = await journal(host, own)
  return said.length > 0 ? said : journal(host, about)
}

async function journal(host: Host, match: string): Promise<readonly string[]> {
  const argv = ['journalctl', '--boot', '--lines=20', '--no-pager', '--output=cat', '--quiet', match] as const
  const { stdout } = await host.run([...argv], { accept: [0, 1] })
  return wordsIn(stdout)
}

/** As people read them. */
export function wordsIn(text: string): readonly string[] {
  return text
    .split('\n')
    .filter((line) => line.trim() !== '' && !/^\s+at |^Node\.js v/.test(line))
    .map(messageOf)
}

/** The text of a log line of ours; every other line as it is. */
function messageOf(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } }
    return [msg, err?.message].filter(Boolean).join(': ') || line
  } catch {
    return line.trim()
  }
}
