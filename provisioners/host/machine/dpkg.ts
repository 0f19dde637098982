import type { RunOptions, RunResult } from '../host.ts'

type Run = (argv: readonly [string, ...string[]], options?: RunOptions) => Promise<RunResult>

// 'ii': wanted and installed, all its scripts have run (dpkg-query(1), db:Status-Abbrev).
const format = '$' + '{db:Status-Abbrev}\\t$' + '{Package}\\t$' + '{Version}\\n'

/** Versions of those that are installed, of these or of all. */
export async function installedVersions(run: Run, names: readonly string[] = []): Promise<ReadonlyMap<string, string>> {
  // 1: some of them are not known.
  const { stdout } = await run(['dpkg-query', '--show', `--showformat=${format}`, ...names], { accept: [0, 1] })
  return parseVersions(stdout)
}

export function parseVersions(text: string): ReadonlyMap<string, string> {
  const versions = new Map<string, string>()
  for (const line of text.split('\n')) {
    const [status = '', name = '', version = ''] = line.split('\t')
    if (/^[ih]i $/.test(status)) versions.set(name, version)
  }
  return versions
}
