import { readFile } from 'node:fs/promises'

/** Whether another file system is mounted at a path, of a type with that in its name. */
export async function isMounted(path: string, type = ''): Promise<boolean> {
  const text = await readFile('/proc/self/mounts', 'utf8')
  return text.split('\n').some((line) => {
    const [, point, found = ''] = line.split(' ')
    return point === path && found.includes(type)
  })
}
