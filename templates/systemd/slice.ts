import { unitText } from './text.ts'

/** All that is ours under one name: `systemctl status bookstore.slice`, `systemd-cgtop`. */
export const slice = {
  name: 'bookstore.slice',
  text: unitText({ Unit: { Description: 'bookstore' }, Slice: { MemoryAccounting: 'yes', TasksAccounting: 'yes' } }),
}
