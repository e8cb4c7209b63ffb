import { defineCommand } from 'citty';
import { createLog, readConfig } from '#base';
import { openDatabase } from '#platform';
import { guarded } from './report-failure.ts';

/** `flow migrate`: brings the database to this release: roles, tables, policies. Safe to repeat and to run on many machines at once. */
export const migrate = defineCommand({
  meta: { name: 'migrate', description: 'Bring the database to this release' },
  args: { data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' } },
  run: guarded(async ({ args }) => {
    const config = readConfig(process.env, { dataDir: args.data });
    const database = await openDatabase(config, createLog({ level: 'warn' }));
    try {
      const rows = await database.engineDb.query<{ version: string }>('server_version', 'show server_version', []);
      process.stdout.write(`The database is up to date (PostgreSQL ${Object.values(rows[0] ?? {})[0]}).\n`);
    } finally {
      await database.close();
    }
  }),
});
