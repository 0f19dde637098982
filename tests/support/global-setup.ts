import type {} from 'vitest'
import type { TestProject } from 'vitest/node'
import { build } from '../../bin/build.mjs'
import { startCluster, type TestCluster } from './postgres.ts'

declare module 'vitest' {
  interface ProvidedContext {
    cluster: TestCluster
  }
}

/** Builds what the system tests run, and gives them one PostgreSQL; each test makes its own databases in it. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await build()
  const { stop, ...cluster } = await startCluster()
  project.provide('cluster', cluster)
  return stop
}
