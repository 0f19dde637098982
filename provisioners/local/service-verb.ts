import { join } from 'node:path'
import { BookstoreError } from '../engine/errors.ts'
import type { Context } from '../engine/resource.ts'
import { environmentOf, type ServiceName, serviceOf, siteUrl } from '../shop/services.ts'
import { orDiskFull } from './disk.ts'
import { type Layout, placesOf } from './layout.ts'
import type { LocalSite } from './local-site.ts'
import { isAlive, signalProcess, startedWith } from './os-process.ts'
import { lastLines, runProgram } from './run-program.ts'
import { gone } from './supervisor/orphans.ts'

/**
 * Nothing of the caller's environment goes in: an `up` from another shell, from cron or below npm must find the same
 * processes, and not replace them all.
 */
export function baseEnvironment({ home }: Pick<Layout, 'home'>): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: home,
    LANG: 'C.UTF-8',
    NODE_ENV: 'production',
  }
}

export function serviceEnvironment(local: LocalSite, service: ServiceName, instance: string): Record<string, string> {
  const { site, layout } = local
  return {
    ...baseEnvironment(layout),
    BOOKSTORE_STACK: layout.home,
    CREDENTIALS_DIRECTORY: join(layout.credentials, service),
    ...environmentOf(serviceOf(service), instance, { ...site, url: siteUrl(site) }, placesOf(layout)),
  }
}

/** Runs `<service> migrate` or `<service> seed` to its end. Throws `migrate-failed` or `seed-failed` with what it said last. */
export async function runService(
  local: LocalSite,
  service: ServiceName,
  verb: 'migrate' | 'seed',
  ctx: Context,
): Promise<void> {
  const { node, service: program } = local.programs
  await earlierRunEnded(local, `${service}-${verb}`)
  const { code, output } = await runProgram([node, program(service), verb], {
    env: serviceEnvironment(local, service, `${service}-${verb}`),
    cwd: local.layout.run,
    signal: ctx.signal,
  })
  if (code === 0) return
  const error = new BookstoreError(`'${service} ${verb}' ended with status ${code}: ${messagesOf(output)}`, {
    code: `${verb}-failed`,
    fault: 'bug',
    hint: 'Nothing of the step that failed was kept. Run it again with -v to see more.',
  })
  throw await orDiskFull(error, local.layout.home)
}

/** Longest that we wait for a run that a killed `up` left behind, in milliseconds. */
const earlierRun = 60_000

/** Two runs would be in each other's way; the earlier one is left to finish, for its work is ours. */
async function earlierRunEnded({ layout }: LocalSite, process: string): Promise<void> {
  const ours = new Set(startedWith('BOOKSTORE_STACK', layout.home).map(({ pid }) => pid))
  const earlier = startedWith('BOOKSTORE_PROCESS', process).filter(({ pid }) => ours.has(pid))
  if (await gone(() => !earlier.some(isAlive), earlierRun)) return
  for (const each of earlier) signalProcess(each, 'SIGKILL')
}

/** The text of the last log lines; lines that are no JSON as they are. */
function messagesOf(output: string): string {
  return lastLines(output).map(messageOf).join(' / ')
}

function messageOf(line: string): string {
  try {
    const { msg, err } = JSON.parse(line) as { msg?: string; err?: { message?: string } }
    return [msg, err?.message].filter(Boolean).join(': ')
  } catch {
    return line
  }
}
