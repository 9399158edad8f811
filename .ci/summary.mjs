// Prints the closing line of a test run from vitest's JSON report, and fails when the run failed or tested nothing.
import { readFileSync } from 'node:fs';
import process from 'node:process';

const [, , file, status] = process.argv;
const { passed, failed } = count(read(file), Number(status));
process.stdout.write(`${passed} passed, ${failed} failed\n`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);

/** @returns the report, or null when the run ended before it was written. */
function read(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return null;
  }
}

function count(report, exitCode) {
  const passed = report?.numPassedTests ?? 0;
  const tests = report?.numFailedTests ?? 0;
  // A file that cannot be loaded, or whose preparation fails, has no failing tests of its own.
  const unloadable = (report?.testResults ?? []).filter(
    (result) => result.status === 'failed' && !result.assertionResults.some((test) => test.status === 'failed'),
  ).length;
  const failed = tests + unloadable;
  // Errors outside any test, or a failed installation, still fail the run.
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed };
}
