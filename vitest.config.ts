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
          testTimeout: 5_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'system',
          include: ['tests/**/*.test.ts'],
          globalSetup: ['tests/support/global-setup.ts'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
