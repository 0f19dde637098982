export { backup } from './backup.ts'
export { databaseAccess, localSource, runningSite } from './local/source.ts'
export { localTarget } from './local/target.ts'
export { rehearse, restore } from './restore.ts'
