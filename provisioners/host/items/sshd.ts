import { rm } from 'node:fs/promises'
import { z } from 'zod'
import { changeOf, define, differs, freely } from '../../engine/define.ts'
import type { Host } from '../host.ts'
import { type ItemBase, itemKind } from '../item.ts'
import { contentChange, plainFile, readFileState, writeFileSpec } from '../parts/file.ts'
import { Notes } from '../parts/notes.ts'
import { SshdRevert, settingsPath } from '../parts/sshd-revert.ts'
import { checkSettings, settings } from '../parts/sshd-settings.ts'

const schema = z.strictObject({
  /** Who logs in to operate the machine. */
  user: z.string(),
  /** Seconds in which a new connection has to confirm the settings (the verb `confirm-sshd`), or they are taken back. */
  revertAfter: z.int().min(1).default(180),
})

type Sshd = z.output<typeof schema>

interface State {
  content: string
  /** sshd has read them. */
  loaded: boolean
}

/**
 * SSH without passwords. The settings are checked by sshd itself, for the user who operates the machine; then a way back is
 * armed, then they are loaded. Sessions go on in any case.
 */
export const sshd = itemKind<Sshd>({ kind: 'sshd', schema, resource, identity: () => settingsPath })

const reload = ['systemctl', 'try-reload-or-restart', 'ssh.service'] as const

function resource(base: ItemBase, spec: Sshd, host: Host) {
  const revert = new SshdRevert(host)
  const notes = new Notes<string>(host.memory, 'sshd')
  return define<State, State>({
    ...base,
    desired: () => ({ content: settings, loaded: true }),
    read: async () => {
      const [file, loaded] = await Promise.all([readFileState(settingsPath), notes.read('loaded')])
      return file && { content: file.content, loaded: loaded === file.content }
    },
    diff: (desired, actual) =>
      changeOf(contentChange(desired.content, actual.content), differs('loaded', actual.loaded, true)),
    ensure: async (desired) => {
      await revert.arm(spec.revertAfter)
      try {
        await writeFileSpec({ ...plainFile, path: settingsPath, content: settings })
        await checkSettings(host, spec.user)
        await host.run([...reload])
      } catch (error) {
        await revert.revert()
        throw error
      }
      await notes.write('loaded', settings)
      return desired
    },
    remove: async () => {
      await revert.disarm().catch(() => {})
      await rm(settingsPath, { force: true })
      await host.run([...reload])
      await notes.forget('loaded')
    },
    cost: () => freely,
  })
}
