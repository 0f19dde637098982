/** Where a machine may put its backups; what lies elsewhere in the bucket is out of its reach. */
export const backupPrefix = 'backups/'

/** One goes to one of these; how long it stays there, the bucket decides (bucket/keeping.ts). */
export const nightlyPrefix = `${backupPrefix}nightly/`
export const weeklyPrefix = `${backupPrefix}weekly/`

/** The only namespace of CloudWatch in which a machine may say something. */
export const figureNamespace = 'Bookstore'

/** Each is billed, so there are as many as there are alarms for them. */
export const figureNames = ['DiskUsed', 'CertificateAge', 'ServerErrors', 'BackupAge'] as const
export type FigureName = (typeof figureNames)[number]

/** Of every figure: whose it is. */
export const figureDimensions = (stack: string) => [{ Name: 'Stack', Value: stack }]
