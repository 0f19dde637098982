import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { packageRoot } from '../provisioners/engine/root.ts'
import { referencePages } from './generator/pages.ts'

test.each(Object.entries(referencePages()))('docs/reference/%s is what the sources say', async (name, text) => {
  const present = await readFile(join(packageRoot(), 'docs/reference', name), 'utf8')
  expect(present, 'run: npm run reference').toBe(text)
})
