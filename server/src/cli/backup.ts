import { defineCommand } from 'citty';
import { type Archive, makeBackup, openArchive, refuseExternalDatabase, verifyBackup } from '#backup';
import { badRequest, type Config, conflict, createLog, readConfig } from '#base';
import { openDatabase } from '#platform';
import { guarded } from './report-failure.ts';

/** `flow backup [verify]`: a whole copy of the embedded database and its files, beside a running platform; or the proof that an archive is whole. */
export const backup = defineCommand({
  meta: { name: 'backup', description: 'Back up the embedded database and its files, or check a backup (flow backup verify)' },
  args: {
    what: { type: 'positional', description: 'make (a copy now) or verify (read the archive and compare checksums)', required: false },
    into: { type: 'string', description: 'Folder of the backups (FLOW_BACKUP)' },
    keep: { type: 'string', description: 'Whole copies to keep, this one among them (FLOW_BACKUP_KEEP, 7)' },
    data: { type: 'string', description: 'Data folder (FLOW_DATA_DIR, .flow)' },
    json: { type: 'boolean', description: 'Print as JSON' },
  },
  run: guarded(async ({ args }) => {
    const config = readConfig(process.env, { backup: args.into, backupKeep: args.keep, dataDir: args.data });
    if (config.backup === undefined) throw badRequest('Say where the backups lie: --into FOLDER, or FLOW_BACKUP');
    const archive = openArchive(config.backup);
    const what = args.what ?? 'make';
    if (what === 'verify') await verify(archive, args.json ?? false);
    else if (what === 'make') await make(archive, config, args.json ?? false);
    else throw badRequest(`flow backup makes a copy or, as \`flow backup verify\`, checks them; not '${what}'`);
  }),
});

async function make(archive: Archive, config: Config, isJson: boolean): Promise<void> {
  refuseExternalDatabase(config);
  const database = await openDatabase(config, createLog({ level: 'warn' }));
  try {
    const begun = performance.now();
    const base = await makeBackup(database.ownerUrl, archive, config, { keep: config.backupKeep });
    const sizeBytes = base.files.reduce((sum, file) => sum + file.sizeBytes, 0);
    const seconds = Math.round(performance.now() - begun) / 1000;
    const made = { id: base.id, folder: archive.folder, restorable_from: base.finishedAt, size_bytes: sizeBytes, seconds };
    if (isJson) process.stdout.write(`${JSON.stringify(made)}\n`);
    else process.stdout.write(describeMade(made, base.fileStore.copied, config));
  } finally {
    await database.close();
  }
}

function describeMade(
  made: { id: string; folder: string; restorable_from: string; size_bytes: number; seconds: number },
  isCopied: boolean,
  config: Config,
) {
  const files = isCopied
    ? 'with the files of the data folder'
    : `without the files: they lie in ${new URL(config.files).hostname}, whose versions are their backup`;
  return `Backup ${made.id} in ${made.folder}: ${(made.size_bytes / 2 ** 20).toFixed(1)} MiB in ${made.seconds} s, ${files}.
It restores to ${made.restorable_from}, and to any later time that FLOW_BACKUP ships the log for.
The encryption key is not in it: keep it elsewhere. Without it no secret of the backup opens.
`;
}

async function verify(archive: Archive, isJson: boolean): Promise<void> {
  const report = await verifyBackup(archive);
  if (isJson) process.stdout.write(`${JSON.stringify({ ok: report.faults.length === 0, ...report })}\n`);
  else {
    process.stdout.write(`Read ${report.filesRead} files, ${(report.bytesRead / 2 ** 20).toFixed(1)} MiB, in ${archive.folder}.\n`);
    for (const { base, from, to } of report.restorable)
      process.stdout.write(`Backup ${base} restores from ${from} to ${to ?? 'nowhere'}\n`);
  }
  if (report.faults.length > 0 && !isJson) throw conflict('The backup is damaged', report.faults);
  if (report.faults.length > 0) process.exitCode = 1;
}
