import { defineCommand } from 'citty';
import { openArchive, parseInstant, refuseExternalDatabase, restoreBackup } from '#backup';
import { badRequest, createLog, readConfig } from '#base';
import { openDatabase } from '#platform';
import { guarded } from './report-failure.ts';
import { stopSignal } from './stop-signal.ts';

/** `flow restore --to TIME`: an empty data folder becomes what the platform was at that time. */
export const restore = defineCommand({
  meta: { name: 'restore', description: 'Restore a backup into an empty data folder' },
  args: {
    from: { type: 'string', description: 'Folder of the backups (FLOW_BACKUP)' },
    data: { type: 'string', description: 'Data folder to make (FLOW_DATA_DIR, .flow)' },
    to: { type: 'string', description: 'Time to restore to, with its zone, such as 2026-11-24T14:35:00Z; absent: the end of the log' },
    json: { type: 'boolean', description: 'Print as JSON' },
  },
  run: guarded(async ({ args }) => {
    const target = args.to === undefined ? undefined : parseInstant(args.to);
    const config = readConfig(process.env, { backup: args.from, dataDir: args.data }, { makesKey: false });
    refuseExternalDatabase(config);
    if (config.backup === undefined) throw badRequest('Say where the backups lie: --from FOLDER, or FLOW_BACKUP');
    const log = createLog({ level: 'warn' });
    const begun = performance.now();
    const { dataDir, encryptionKey, files } = config;
    const report = await restoreBackup({
      archive: openArchive(config.backup),
      dataDir,
      encryptionKey,
      files,
      target,
      log,
      signal: stopSignal(),
    });
    await (await openDatabase(config, log)).close(); // it starts, and the key opens what is sealed in it
    const seconds = Math.round(performance.now() - begun) / 1000;
    const made = {
      base: report.base,
      data: dataDir,
      last_commit_at: report.lastCommitAt,
      segments: report.segments,
      files: report.files,
      seconds,
    };
    if (args.json) process.stdout.write(`${JSON.stringify(made)}\n`);
    else
      process.stdout.write(
        `${dataDir} is as it was at ${report.lastCommitAt}: backup ${report.base}, ${report.segments} segments of the log, ${report.files} files, in ${seconds} s.\n`,
      );
  }),
});
