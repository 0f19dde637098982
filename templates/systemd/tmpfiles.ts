export interface RunFolder {
  path: string
  /** '0750' */
  mode: string
  user: string
  group: string
}

/** Folders that are made, and mended, at each boot (tmpfiles.d(5)). Parents come first. */
export function tmpfilesText(folders: readonly RunFolder[]): string {
  const lines = folders.map(({ path, mode, user, group }) => `d ${path} ${mode} ${user} ${group} -`)
  return ['# Written by bookstore; the next run writes it again.', ...lines, ''].join('\n')
}
