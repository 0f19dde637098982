export { folderStore, type ServedFiles, servedFiles } from '../kept/folder.ts'
export type { CertificateStore, KeptCertificate } from '../kept/store.ts'
export { ensureCertificate } from './ensure.ts'
export * from './types.ts'
