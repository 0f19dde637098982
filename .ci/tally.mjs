// Prints the closing line of a test run. Nothing run, or anything skipped, is a failure.
import { readFileSync } from 'node:fs'

const report = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const skipped = report.numPendingTests + report.numTodoTests
const failedSuites = report.testResults.filter(
  (file) => file.status === 'failed' && file.assertionResults.length === 0,
).length
const failed = report.numFailedTests + failedSuites
if (skipped > 0) process.stdout.write(`skipped under CI, which is a failure:\n${skippedNames(report).join('\n')}\n`)
process.stdout.write(`${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`)
process.exitCode = failed > 0 || skipped > 0 || report.numPassedTests === 0 ? 1 : 0

function skippedNames({ testResults }) {
  return testResults.flatMap((file) =>
    file.assertionResults
      .filter(({ status }) => status !== 'passed' && status !== 'failed')
      .map(({ fullName }) => `  ${fullName}`),
  )
}
