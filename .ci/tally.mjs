// Prints the closing line of test runs, of which each wrote a report. Nothing run, or anything skipped, is a failure.
import { readFileSync } from 'node:fs'

const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')))
const sum = (count) => reports.reduce((total, report) => total + count(report), 0)
const skipped = sum((report) => report.numPendingTests + report.numTodoTests)
const failed = sum((report) => report.numFailedTests + failedFiles(report))
const passed = sum((report) => report.numPassedTests)
const empty = reports.some((report) => report.numPassedTests === 0)
if (skipped > 0)
  process.stdout.write(`skipped under CI, which is a failure:\n${reports.flatMap(skippedNames).join('\n')}\n`)
process.stdout.write(`${passed} passed, ${failed} failed, ${skipped} skipped\n`)
process.exitCode = failed > 0 || skipped > 0 || empty ? 1 : 0

/** Those that could not even be read. */
function failedFiles({ testResults }) {
  return testResults.filter(({ status, assertionResults }) => status === 'failed' && assertionResults.length === 0)
    .length
}

function skippedNames({ testResults }) {
  return testResults.flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => `  ${fullName}`),
  )
}
