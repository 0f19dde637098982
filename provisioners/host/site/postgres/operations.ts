/** Role and database of the machines themselves, where there are several web machines: no service may enter it. */
export const operations = 'operations'

/** Name of its password among the secrets. */
export const operationsSecret = `database-${operations}` as const
