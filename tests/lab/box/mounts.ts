import { readFile } from 'node:fs/promises'
import { must } from './run.ts'

/** Mount points at or below a folder, the deepest first. */
export async function mountsUnder(folder: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).trim().split('\n')
  const points = lines.map((line) => line.split(' ')[4] ?? '')
  return points.filter((it) => it === folder || it.startsWith(`${folder}/`)).reverse()
}

export async function unmountUnder(folder: string): Promise<void> {
  for (const point of await mountsUnder(folder)) await must(['umount', point])
}

/** Mounts the layers, the uppermost first, with `folder`/upper above them all: the path of the result. */
export async function mountOverlay(folder: string, layers: readonly string[]): Promise<string> {
  const root = `${folder}/root`
  const options = `lowerdir=${layers.join(':')},upperdir=${folder}/upper,workdir=${folder}/work`
  await must(['mkdir', '-p', root, `${folder}/upper`, `${folder}/work`])
  await must(['mount', '-t', 'overlay', 'overlay', '-o', options, root])
  return root
}
