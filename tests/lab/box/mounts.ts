import { readFile } from 'node:fs/promises'
import { must, run } from './run.ts'

/** Mount points at or below a folder, the deepest first. */
async function mountsUnder(folder: string): Promise<string[]> {
  const lines = (await readFile('/proc/self/mountinfo', 'utf8')).trim().split('\n')
  const points = lines.map((line) => line.split(' ')[4] ?? '')
  return points.filter((it) => it === folder || it.startsWith(`${folder}/`)).reverse()
}

/** Unmounts them. One that something outside of the lab holds goes as soon as that lets it. */
export async function unmountUnder(folder: string): Promise<void> {
  for (const point of await mountsUnder(folder))
    if ((await run(['umount', point])).status !== 0) await run(['umount', '--lazy', point])
}

/** Mounts the layers, the uppermost first, with `folder`/upper above them all: the path of the result. */
export async function mountOverlay(
  folder: string,
  layers: readonly string[],
  more: readonly string[] = [],
): Promise<string> {
  const root = `${folder}/root`
  const places = `lowerdir=${layers.join(':')},upperdir=${folder}/upper,workdir=${folder}/work`
  const options = [places, ...more].join()
  await must(['mkdir', '-p', root, `${folder}/upper`, `${folder}/work`])
  await must(['mount', '-t', 'overlay', 'overlay', '-o', options, root])
  return root
}
