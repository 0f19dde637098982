import type { Host } from '../../host.ts'

/** The last lines that a unit's process wrote, as people read them; or, where it was silent, what systemd says of it. */
export async function lastWords(host: Host, unit: string): Promise<readonly string[]> {
  const own = await journal(host, `_SYSTEMD_UNIT=${unit}`)
  return own.length > 0 ? own : journal(host, `--unit=${unit}`)
}

async function journal(host: Host, match: string): Promise<readonly string[]> {
  const argv = ['journalctl', '--boot', '--lines=20', '--no-pager', '--output=cat', '--quiet', match] as const
  const { stdout } = await host.run([...argv], { accept: [0, 1] })
  return stdout
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
