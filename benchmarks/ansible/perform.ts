import { spawn } from 'node:child_process'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { ansible } from './tool.ts'

export interface Performance {
  /** Beside this file: 'machine.yml'. */
  playbook: string
  /** Of this run's files: inventory, variables, control sockets. */
  folder: string
  inventory: string
  variables: Readonly<Record<string, unknown>>
  /** Private key for the machines. */
  key: string
  /** Its known hosts, one a line; undefined where they are only known later. */
  knownHosts?: string
  environment?: Readonly<Record<string, string>>
}

/** No playbook of ours takes that long, even on a busy box. */
const longestMs = 20 * 60_000

/**
 * Runs a playbook to its end and shows on standard error what it does.
 * @returns How many tasks changed something, on all hosts together.
 * @throws Error with what it said last.
 */
export async function perform({ playbook, folder, ...given }: Performance): Promise<number> {
  await mkdir(join(folder, 'home'), { recursive: true })
  const [inventory, variables, known] = ['inventory.ini', 'variables.json', 'known_hosts'].map((it) => join(folder, it))
  await writeFile(String(inventory), given.inventory)
  await writeFile(String(variables), JSON.stringify(given.variables), { mode: 0o600 })
  if (given.knownHosts !== undefined) await writeFile(String(known), given.knownHosts)
  const words = ['-i', inventory, '-e', `@${variables}`, fileURLToPath(new URL(playbook, import.meta.url))].map(String)
  const settings = { ...fast(join(folder, 'home'), String(known)), ANSIBLE_PRIVATE_KEY_FILE: given.key }
  const program = await ansible()
  // A venv that was moved: its scripts name the place where it was made.
  const child = spawn(program, ['-m', 'ansible', 'playbook', ...words], {
    cwd: folder,
    env: { PATH: process.env.PATH, HOME: folder, LC_ALL: 'C.UTF-8', ...settings, ...given.environment },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: longestMs,
  })
  let text = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      process.stderr.write(chunk)
    })
  const status = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (status !== 0) throw new Error(`the playbook ended with ${status}: ${text.slice(-4_000)}`)
  const changed = [...text.matchAll(/^\S+\s+: ok=.*\bchanged=(\d+)/gm)].map(([, count]) => Number(count))
  if (changed.length === 0) throw new Error(`the playbook gave no account: ${text.slice(-2_000)}`)
  return changed.reduce((sum, count) => sum + count, 0)
}

/**
 * What Ansible's documentation advises for speed: no file is copied for each task (pipelining needs a sudo without
 * requiretty), and one connection stays open between tasks and runs. How long each task took is shown at the end.
 */
function fast(home: string, known: string): Record<string, string> {
  return {
    ANSIBLE_HOME: home,
    ANSIBLE_PIPELINING: 'True',
    ANSIBLE_SSH_ARGS: `-o ControlMaster=auto -o ControlPersist=60s -o UserKnownHostsFile=${known} -o PreferredAuthentications=publickey`,
    ANSIBLE_GATHERING: 'explicit',
    ANSIBLE_FORKS: '10',
    ANSIBLE_NOCOLOR: '1',
    ANSIBLE_CALLBACKS_ENABLED: 'ansible.posix.profile_tasks',
  }
}
