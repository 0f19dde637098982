import { readFile } from 'node:fs/promises'
import { run } from './box/run.ts'
import { folderOf } from './record.ts'

/** Whatever of a lab is on this box, each as one line. Looks for its id in places, not at what the lab has noted. */
export async function tracesOf(id: string): Promise<string[]> {
  const commands: Array<readonly string[]> = [
    ['ip', '-o', 'link'],
    ['ip', 'netns', 'list'],
    ['ip', 'route'],
    ['nft', 'list', 'ruleset'],
    ['losetup', '--list', '--noheadings', '--output', 'NAME,BACK-FILE'],
    ['find', '/sys/fs/cgroup', '-maxdepth', '2', '-type', 'd'],
    ['find', '/run/systemd/nspawn', folderOf(id)],
    ['ps', '-eo', 'pid,stat,args', '--no-headers'],
  ]
  const said = await Promise.all(commands.map(async (argv) => (await run(argv)).stdout))
  const mounts = await readFile('/proc/self/mountinfo', 'utf8')
  return [...said, mounts].flatMap((text) => text.split('\n')).filter((line) => line.includes(id))
}
