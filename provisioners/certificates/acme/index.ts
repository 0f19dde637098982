export { folderStore, servedFiles } from '../kept/folder.ts'
export type { CertificateStore } from '../kept/store.ts'
export { ensureCertificate } from './ensure.ts'
export * from './types.ts'
