/**
 * Faults under load for as long as one gives it (server/test/faults/campaigns):
 *
 *   npm run torture -- --minutes 30 --seed 7 [--only NAME,NAME]
 *
 * Prints what each campaign does, then the share of each figure of a release that was reached, and one line of counts last. The same seed draws the same
 * faults. Exits 1 where a campaign found a violation, or where the histories that were read had fewer than 10,000 rows.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const CONFIG = fileURLToPath(new URL('../server/test/faults/torture/vitest.config.ts', import.meta.url));
const VITEST = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string', default: '1' }, only: { type: 'string', default: '' } },
  });
  if (!/^\d{1,4}(\.\d+)?$/.test(values.minutes)) throw new Error(`--minutes is a number, not '${values.minutes}'`);
  if (!/^\d{1,9}$/.test(values.seed)) throw new Error(`--seed is a whole number, not '${values.seed}'`);
  const folder = await mkdtemp(join(tmpdir(), 'flow-torture-'));
  const path = join(folder, 'verdict.json');
  try {
    const env = {
      ...process.env,
      FLOW_TEST_MINUTES: values.minutes,
      FLOW_TEST_SEED: values.seed,
      FLOW_TEST_CAMPAIGNS: values.only,
      FLOW_TEST_VERDICT: path,
    };
    const run = spawn(process.execPath, [VITEST, 'run', '--config', CONFIG], { stdio: 'inherit', env });
    const [code] = await once(run, 'exit');
    const verdict = JSON.parse(
      await readFile(path, 'utf8').catch(() => '{"line":"torture: no verdict","reasons":["it did not come to its end"]}'),
    );
    for (const reason of verdict.reasons) console.log(`FAILED: ${reason}`);
    console.log(verdict.line);
    return verdict.reasons.length > 0 ? 1 : (code ?? 1);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 2;
});
