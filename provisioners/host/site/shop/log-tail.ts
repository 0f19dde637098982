import type { Host } from '../../host.ts'

/** The last lines that a unit wrote since its newest start, as people read them. */
export async function lastWords(host: Host, unit: string, count = 20): Promise<readonly string[]> {
  const argv = ['journalctl', `--unit=${unit}`, `--lines=${count}`, '--no-pager', '--output=cat', '--quiet'] as const
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
