import { styleText } from 'node:util';
import { defineCommand } from 'citty';
import { createAccess } from '#access';
import { type Config, createLog, findUnknownVariables, listSettings, readConfig } from '#base';
import { type OpenDatabase, openDatabase } from '#platform';
import { checkDataFolder, checkMemory, checkNode, checkPort } from './doctor/check-machine.ts';
import { checkBackup, checkFiles, checkModels } from './doctor/check-outside.ts';
import { judgeServer, readServerFacts, type WorkFacts } from './doctor/check-server.ts';
import { checkKey, checkNames, checkNetwork } from './doctor/check-settings.ts';
import type { Finding } from './doctor/finding.ts';
import { printTable } from './print-table.ts';
import { guarded } from './report-failure.ts';

/** `flow doctor`: what this machine and this configuration can do, what is wrong with them and what to do, and every setting with where its value came from. */
export const doctor = defineCommand({
  meta: { name: 'doctor', description: 'Check this machine, its database and every setting' },
  args: {
    data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
    json: { type: 'boolean', description: 'Print as JSON' },
  },
  run: guarded(async ({ args }) => {
    const config = readConfig(process.env, { dataDir: args.data });
    const findings = await findAll(config, findUnknownVariables(process.env));
    const settings = listSettings(config);
    const ok = findings.every((finding) => finding.ok);
    if (args.json) process.stdout.write(`${JSON.stringify({ ok, findings, settings }, null, 2)}\n`);
    else {
      for (const finding of findings)
        process.stdout.write(`${finding.ok ? styleText('green', '✔') : styleText('red', '✖')} ${finding.what}: ${finding.says}\n`);
      process.stdout.write('\n');
      printTable(
        ['Setting', 'Value', 'From', 'What it does'],
        settings.map((s) => [s.name, s.value, s.source, s.description]),
      );
    }
    process.exitCode = ok ? 0 : 1;
  }),
});

async function findAll(config: Config, unknownNames: string[]): Promise<Finding[]> {
  return [
    checkNode(),
    checkMemory(),
    await checkDataFolder(config.dataDir),
    ...(await checkDatabase(config)),
    await checkFiles(config),
    ...(await checkModels(config)),
    ...(await checkBackup(config)),
    await checkPort(config),
    checkNetwork(config),
    checkKey(config),
    checkNames(unknownNames),
  ];
}

/** The database as the platform opens it; and the server behind it, also where that fails: it may be why. */
async function checkDatabase(config: Config): Promise<Finding[]> {
  const what = config.databaseUrl ? 'Database of DATABASE_URL' : 'Embedded database';
  const told = (error: unknown): Finding => ({ what, ok: false, says: error instanceof Error ? error.message : String(error) });
  const log = createLog({ level: 'error' });
  try {
    const database = await openDatabase(config, log);
    try {
      await createAccess({ engineDb: database.engineDb, config, log }); // throws where the key is not the installation's
      const facts = { ...(await readServerFacts(database.ownerUrl)), ...(await readWork(database)) };
      return [{ what, ok: true, says: 'migrated, policies and rights as they must be' }, ...judgeServer(facts)];
    } finally {
      await database.close();
    }
  } catch (error) {
    const facts = config.databaseUrl === undefined ? undefined : await readServerFacts(config.databaseUrl).catch(() => undefined);
    return [
      told(error),
      ...(facts === undefined ? [] : judgeServer({ ...facts, liveWorkers: 0, readyTasks: 0 }).filter((finding) => !finding.ok)),
    ];
  }
}

async function readWork({ engineDb }: OpenDatabase): Promise<WorkFacts> {
  const [row] = await engineDb.query<{ live: number; ready: number }>(
    'doctor_work',
    `select (select count(*)::int from workers where alive_until > now()) as live,
            (select count(*)::int from (select from task_executions where status = 'ready' limit 10000) t) as ready`,
    [],
  );
  return { liveWorkers: row?.live ?? 0, readyTasks: row?.ready ?? 0 };
}
