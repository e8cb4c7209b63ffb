/**
 * Asks npm whether what is installed bears the signatures of its registry. Exits 1 where one is wrong or missing; where the registry cannot be
 * asked (no network, a mirror that signs nothing) that is printed, and is no failure: the lock's checksums hold all the same.
 *
 *   node tools/check-signatures.ts
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { judgeSignatures } from './signatures.ts';

const LIMIT_MS = 300_000;

const root = fileURLToPath(new URL('../', import.meta.url));
const { stdout, error } = spawnSync('npm', ['audit', 'signatures', '--json', '--fetch-retries=1'], {
  cwd: root,
  encoding: 'utf8',
  timeout: LIMIT_MS,
});
const { verdict, says } = error ? { verdict: 'wrong', says: `npm could not be run to its end: ${error.message}` } : judgeSignatures(stdout);
console.log(`signatures: ${says}`);
process.exitCode = verdict === 'wrong' ? 1 : 0;
