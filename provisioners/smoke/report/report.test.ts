import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { SmokeReport } from '../types.ts'
import { junit } from './junit.ts'
import { writeReport } from './write.ts'
import { escapeXml } from './xml.ts'

const report: SmokeReport = {
  ok: false,
  url: 'https://shop.test',
  readOnly: false,
  startedAt: '2026-11-24T00:00:00.000Z',
  durationMs: 1234,
  checks: [
    { name: 'certificate', ok: true, durationMs: 12 },
    { name: 'pay', ok: false, durationMs: 1000, message: 'It said "<no>" & \u0007 went away\n\ud83d' },
    { name: 'delivery', ok: false, skipped: true, durationMs: 0, message: "Not tried, because 'pay' does not hold." },
  ],
}

test('what XML cannot hold is replaced, everything else comes back', () => {
  expect(escapeXml('a<b>&"\'\t\n\r')).toBe('a&lt;b&gt;&amp;&quot;&apos;&#9;&#10;&#13;')
  expect(escapeXml('\u0000\u0008\u001f\ufffe\uffff\ud800x')).toBe(`${'\ufffd'.repeat(6)}x`)
  expect(escapeXml('ñ 汉 🙂')).toBe('ñ 汉 🙂')
})

test('JUnit counts failures and what was not tried', () => {
  const xml = junit(report)
  expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1" time="1.234"')
  expect(xml).toContain('<failure message="It said &quot;&lt;no&gt;&quot; &amp; \ufffd went away&#10;\ufffd">')
  expect(xml).toContain(
    'name="delivery" time="0.000"><skipped message="Not tried, because &apos;pay&apos; does not hold."/>',
  )
})

test('a report is written whole, by its ending, into folders that are made', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bookstore-report-'))
  await writeReport(join(folder, 'deep/er/a.xml'), report)
  await writeReport(join(folder, 'a.json'), report)
  expect(await readFile(join(folder, 'deep/er/a.xml'), 'utf8')).toBe(junit(report))
  expect(JSON.parse(await readFile(join(folder, 'a.json'), 'utf8'))).toEqual(JSON.parse(JSON.stringify(report)))
  expect(await readdir(join(folder, 'deep/er'))).toEqual(['a.xml'])
  await rm(folder, { recursive: true })
})
