import type { SmokeCheck, SmokeReport } from '../types.ts'
import { escapeXml } from './xml.ts'

/** The report as JUnit XML, the way CI servers read it: one test suite, one test case for each check. */
export function junit({ url, checks, durationMs, startedAt }: SmokeReport): string {
  const failures = checks.filter(({ ok, skipped }) => !ok && !skipped).length
  const skipped = checks.filter((check) => check.skipped).length
  const counts = `tests="${checks.length}" failures="${failures}" errors="0" skipped="${skipped}" time="${seconds(durationMs)}"`
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="bookstore smoke" ${counts}>`,
    `  <testsuite name="${escapeXml(url)}" ${counts} timestamp="${escapeXml(startedAt)}">`,
    ...checks.map((check) => testCase(check, url)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n')
}

function testCase({ name, ok, skipped, durationMs, message = '' }: SmokeCheck, url: string): string {
  const open = `    <testcase classname="${escapeXml(url)}" name="${escapeXml(name)}" time="${seconds(durationMs)}"`
  const text = escapeXml(message)
  if (ok) return message === '' ? `${open}/>` : `${open}><system-out>${text}</system-out></testcase>`
  if (skipped) return `${open}><skipped message="${text}"/></testcase>`
  return `${open}><failure message="${text}">${text}</failure></testcase>`
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
