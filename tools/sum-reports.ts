/**
 * Adds up reports of `vitest --reporter=json`, prints "N passed, N failed" and exits 1 where anything failed.
 *
 *   node tools/sum-reports.ts <failed steps before> <report.json> ...
 *
 * A report that is missing, a run that broke outside of a test, and a step that failed before each count as one failure.
 */
import { existsSync, readFileSync } from 'node:fs';

interface Report {
  success: boolean;
  numPassedTests: number;
  numFailedTests: number;
}

const [before = '0', ...paths] = process.argv.slice(2);
let passed = 0;
let failed = 0;
for (const path of paths) {
  if (!existsSync(path)) {
    failed++;
    continue;
  }
  const report = JSON.parse(readFileSync(path, 'utf8')) as Report;
  passed += report.numPassedTests;
  failed += report.numFailedTests;
  if (!report.success && report.numFailedTests === 0) failed++;
}
if (failed === 0) failed += Number(before);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
