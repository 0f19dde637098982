/** What a service does once. */
export type ShopCommand = 'migrate' | 'seed' | 'reconcile'

/** Longer than a migration that gives way to everybody takes; its unit has a limit of its own. */
export const commandMs = 31 * 60_000
