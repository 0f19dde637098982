import { access, rm } from 'node:fs/promises'
import { machine } from '../../layout.ts'
import { plainFile, writeFileSpec } from '../../parts/file.ts'

export function maintenanceIsOn(): Promise<boolean> {
  return access(machine.maintenance).then(
    () => true,
    () => false,
  )
}

/** From the next request on NGINX shows nothing but a page that asks for patience; or shows the shop again. */
export async function setMaintenance(on: boolean): Promise<void> {
  if (on) await writeFileSpec({ ...plainFile, path: machine.maintenance, content: '' })
  else await rm(machine.maintenance, { force: true })
}
