import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from './source.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'homeward-ci-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function summary(report: object | null, status: number): { status: number | null; line: string } {
  const file = join(folder, 'report.json');
  if (report !== null) writeFileSync(file, JSON.stringify(report));
  const run = spawnSync(process.execPath, [join(ROOT, '.ci/summary.mjs'), file, String(status)], { encoding: 'utf8' });
  return { status: run.status, line: run.stdout };
}

describe('the closing line of a clean run', () => {
  it('counts what passed and failed', () => {
    expect(summary({ numPassedTests: 7, numFailedTests: 0, testResults: [] }, 0)).toEqual({ status: 0, line: '7 passed, 0 failed\n' });
    expect(summary({ numPassedTests: 7, numFailedTests: 2, testResults: [] }, 1)).toEqual({ status: 1, line: '7 passed, 2 failed\n' });
  });

  it('counts a file that cannot be loaded as a failure', () => {
    const report = { numPassedTests: 7, numFailedTests: 0, testResults: [{ status: 'failed', assertionResults: [] }] };
    expect(summary(report, 1)).toEqual({ status: 1, line: '7 passed, 1 failed\n' });
  });

  it('counts a file whose preparation fails, so that its tests are skipped', () => {
    const skipped = { status: 'failed', assertionResults: [{ status: 'skipped' }] };
    const broken = { status: 'failed', assertionResults: [{ status: 'failed' }, { status: 'passed' }] };
    const report = { numPassedTests: 7, numFailedTests: 1, testResults: [skipped, skipped, broken] };
    expect(summary(report, 1)).toEqual({ status: 1, line: '7 passed, 3 failed\n' });
  });

  it('fails when nothing was tested, when there is no report, and when the run failed outside any test', () => {
    expect(summary({ numPassedTests: 0, numFailedTests: 0, testResults: [] }, 0)).toEqual({ status: 1, line: '0 passed, 0 failed\n' });
    expect(summary(null, 1)).toEqual({ status: 1, line: '0 passed, 1 failed\n' });
    expect(summary({ numPassedTests: 7, numFailedTests: 0, testResults: [] }, 1)).toEqual({ status: 1, line: '7 passed, 1 failed\n' });
  });
});
