import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { styleText } from 'node:util';
import { defineCommand } from 'citty';
import { createAccess } from '#access';
import { type Config, createLog, findUnknownVariables, type Log, listSettings, readConfig } from '#base';
import { type OpenDatabase, openDatabase } from '#platform';
import { printTable } from './print-table.ts';
import { guarded } from './report-failure.ts';

interface Finding {
  what: string;
  ok: boolean;
  says: string;
}

const MIN_FREE_DISK_GB = 1; // a data folder below this fails in the middle of a run
const MIN_MEMORY_GB = 1; // OCR and PostgreSQL together

/** `flow doctor`: what this machine and this configuration can do, and every setting with where its value came from. */
export const doctor = defineCommand({
  meta: { name: 'doctor', description: 'Check this machine and list every setting' },
  args: {
    data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
    json: { type: 'boolean', description: 'Print as JSON' },
  },
  run: guarded(async ({ args }) => {
    const config = readConfig(process.env, { dataDir: args.data });
    const findings = [checkNode(), checkMemory(), await checkDataFolder(config), await checkDatabase(config), checkNames()];
    const settings = listSettings(config);
    if (args.json) process.stdout.write(`${JSON.stringify({ ok: findings.every((f) => f.ok), findings, settings }, null, 2)}\n`);
    else {
      for (const { what, ok, says } of findings)
        process.stdout.write(`${ok ? styleText('green', '✔') : styleText('red', '✖')} ${what}: ${says}\n`);
      process.stdout.write('\n');
      printTable(
        ['Setting', 'Value', 'From', 'What it does'],
        settings.map((s) => [s.name, s.value, s.source, s.description]),
      );
    }
    process.exitCode = findings.every((f) => f.ok) ? 0 : 1;
  }),
});

function checkNames(): Finding {
  const unknown = findUnknownVariables(process.env);
  const says = unknown.length === 0 ? 'every FLOW_ variable is known' : `no setting has this name: ${unknown.join(', ')}`;
  return { what: 'Environment', ok: unknown.length === 0, says };
}

function checkNode(): Finding {
  const ok = Number(process.versions.node.split('.')[0]) >= 24;
  return { what: 'Node.js', ok, says: `${process.version} on ${process.platform} ${process.arch}, ${availableParallelism()} cores` };
}

function checkMemory(): Finding {
  const gb = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GB`;
  return { what: 'Memory', ok: totalmem() >= MIN_MEMORY_GB * 2 ** 30, says: `${gb(freemem())} of ${gb(totalmem())} free` };
}

async function checkDataFolder(config: Config): Promise<Finding> {
  try {
    await mkdir(config.dataDir, { recursive: true });
    await access(config.dataDir, constants.W_OK);
    const { bavail, bsize } = await statfs(config.dataDir);
    const freeGb = (bavail * bsize) / 2 ** 30;
    return { what: 'Data folder', ok: freeGb >= MIN_FREE_DISK_GB, says: `${config.dataDir}, ${freeGb.toFixed(1)} GB free` };
  } catch (error) {
    return { what: 'Data folder', ok: false, says: `${config.dataDir}: ${error instanceof Error ? error.message : String(error)}` };
  }
}

async function askVersion({ engineDb }: OpenDatabase, config: Config, log: Log): Promise<{ server_version: string }[]> {
  await createAccess({ engineDb, config, log }); // throws where the key is not the installation's
  return engineDb.query('doctor_version', 'show server_version', []);
}

async function checkDatabase(config: Config): Promise<Finding> {
  const what = config.databaseUrl ? 'Database of DATABASE_URL' : 'Embedded database';
  try {
    const log = createLog({ level: 'error' });
    const database = await openDatabase(config, log);
    const [row] = await askVersion(database, config, log).finally(database.close);
    return { what, ok: true, says: `PostgreSQL ${row?.server_version}, migrated, policies and rights as they must be` };
  } catch (error) {
    return { what, ok: false, says: error instanceof Error ? error.message : String(error) };
  }
}
