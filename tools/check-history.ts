/**
 * `npm run check:history [-- --quiet SECONDS] [--data DIR]`: the invariants of a run, on the database that DATABASE_URL or the data folder names.
 * Prints the rows that were read and each violation as a line of JSON. Exit code 0: none; 1: some; 2: it could not be checked.
 */
import { parseArgs } from 'node:util';
import { createLog, readConfig } from '../server/src/base/index.ts';
import { checkHistory } from '../server/src/engine/index.ts';
import { catalogue } from '../server/src/executors/index.ts';
import { openDatabase } from '../server/src/platform/index.ts';
import { createPlans } from '../server/src/worker/index.ts';

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { quiet: { type: 'string', default: '60' }, data: { type: 'string' } } });
  const quietSeconds = Number(values.quiet);
  if (!Number.isInteger(quietSeconds) || quietSeconds < 0) throw new Error('--quiet is a number of seconds');
  const database = await openDatabase(readConfig(process.env, { dataDir: values.data }), createLog({ level: 'warn' }));
  try {
    const plans = createPlans({ db: database.engineDb, catalogue });
    const report = await checkHistory(database.engineDb, { plans: plans.load, quietSeconds });
    for (const [table, rows] of Object.entries(report.rowsRead)) console.log(`${table}: ${rows} rows`);
    console.log(`replayed by their plans: ${report.executionsReplayed} executions`);
    for (const violation of report.violations) console.log(JSON.stringify(violation));
    console.log(report.violations.length === 0 ? 'no violation' : `${report.violations.length} violations`);
    return report.violations.length === 0 ? 0 : 1;
  } finally {
    await database.close();
  }
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 2;
});
