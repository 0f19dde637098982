import { defineConfig } from 'vitest/config'

const sources = '{bin,cli,docs,provisioners,templates,services,web}'

export default defineConfig({
  test: {
    sequence: { shuffle: { files: true, tests: true } },
    passWithNoTests: true,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: [`${sources}/**/*.test.{ts,tsx}`],
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          // In a browser, which breaks off what it loads when a network comes or goes: not beside those that make machines.
          name: 'web',
          include: ['tests/web/**/*.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          exclude: ['tests/**/*.lab.test.ts', 'tests/web/**'],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
      {
        extends: true,
        test: {
          // Those that make machines: tests/lab. The first of them may wait for an image to be built.
          name: 'lab',
          include: ['tests/**/*.lab.test.ts'],
          globalSetup: ['tests/lab/global-setup.ts'],
          testTimeout: 300_000,
          hookTimeout: 900_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
