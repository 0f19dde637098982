import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRoot } from '../../../provisioners/engine/root.ts'
import { kinds } from '../aws/dump.ts'
import { type CloudPlay, type CloudPlayOptions, withCloud } from './cloud.ts'

/** From an empty account to an empty account: what an operator types, in their order. */
const verbs = [['up'], ['deploy'], ['down']].map((verb) => [...verb, '--yes'])

/** The whole life of a shop at AWS, in the lab: 0 when all of it went well and the account is empty again. */
export function rehearse(options: CloudPlayOptions, say: (line: string) => void, signal: AbortSignal): Promise<number> {
  return withCloud(options, say, signal, async (play) => {
    const folder = await mkdtemp(join(tmpdir(), 'bookstore-rehearsal-'))
    try {
      for (const verb of verbs) {
        const status = await perform(play, folder, verb, say, signal)
        if (status !== 0) {
          say(`bookstore ${verb.join(' ')} ended with ${status}: the rehearsal ends here.`)
          return 1
        }
      }
      return await verdict(play, say)
    } finally {
      await rm(folder, { recursive: true, force: true })
    }
  })
}

async function perform(
  { lab, cloud, inside }: CloudPlay,
  cwd: string,
  verb: readonly string[],
  say: (line: string) => void,
  signal: AbortSignal,
): Promise<number | null> {
  const [before, started] = [cloud.calls().length, Date.now()]
  const argv = [join(packageRoot(), 'bin/bookstore'), ...verb, '--config', join(lab.folder, 'bookstore.yaml')]
  const child = spawn(inside, argv, { cwd, stdio: 'inherit' })
  // Ctrl-C on a terminal reaches it by itself; a signal to us alone does not.
  const end = () => child.kill('SIGINT')
  signal.addEventListener('abort', end, { once: true })
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
  signal.removeEventListener('abort', end)
  const seconds = ((Date.now() - started) / 1_000).toFixed(1)
  const calls = cloud.calls().slice(before)
  const struck = calls.filter(({ outcome }) => outcome?.fault).length
  const faults = struck > 0 ? `, ${struck} of them made to fail` : ''
  say(`${verb[0]}: ${seconds} s, ${calls.length} calls of AWS${faults}.`)
  return status
}

async function verdict({ cloud }: CloudPlay, say: (line: string) => void): Promise<number> {
  const account = await cloud.dump()
  const left = kinds.flatMap((kind) => account[kind].map(({ id }) => `${kind} ${id}`))
  say(left.length === 0 ? 'The account is empty.' : `The account is not empty: ${left.join(', ')}`)
  return left.length === 0 ? 0 : 1
}
