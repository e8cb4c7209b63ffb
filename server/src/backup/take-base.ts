import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type BaseManifest, writeManifest } from './archive.ts';
import { copyCluster, writeBeside } from './copy-cluster.ts';
import { measureFile } from './copy-file.ts';
import { cutLog, type LogSource, NOW, segmentBefore, shipSegments } from './ship-log.ts';
import { syncFolder } from './sync-folder.ts';

export interface BaseSource extends LogSource {
  /** Tells the encryption key again, without telling it. */
  keyCheck: string;
  fileStore: BaseManifest['fileStore'];
}

interface Position {
  segment: string;
  at: string;
}

/**
 * Copies the cluster while it runs, then the log that makes the copy whole, and describes both last: a copy that was interrupted is none. The session
 * of `owner` must hold a slot, or the log from the copy's start may be gone before its end.
 */
export async function takeBase(source: BaseSource, signal?: AbortSignal): Promise<BaseManifest> {
  const { owner, cluster, archive } = source;
  const [server] = await owner.query<{ system: string; version: string; at: string }>(
    `select system_identifier::text as system, current_setting('server_version') as version, ${NOW} as at from pg_control_system()`,
  );
  const [start] = await owner.query<Position>(`select pg_walfile_name(pg_backup_start('flow backup', true)) as segment, ${NOW} as at`);
  const id = (server?.at ?? '').replaceAll(/[-:]/g, '').replace(/\.(\d{3})\d*Z/, '$1Z');
  const copy = join(archive.base(id), 'postgres');
  await mkdir(copy, { recursive: true, mode: 0o700 });
  const files = await copyCluster(cluster, copy, signal);
  const [stop] = await owner.query<{ segment: string; label: string }>(
    `select ${segmentBefore('lsn')} as segment, labelfile as label from pg_backup_stop(false)`,
  );
  await writeBeside(copy, 'backup_label', stop?.label ?? '');
  files.push({ path: 'backup_label', ...(await measureFile(join(copy, 'backup_label'))) });
  const paths = files.map(({ path }) => path);
  await syncFolder(copy, paths);
  const cut = await cutLog(owner);
  const first = start?.segment ?? '';
  await shipSegments(source, first, cut, signal);
  const manifest: BaseManifest = {
    format: 1,
    id,
    systemIdentifier: server?.system ?? '',
    serverVersion: server?.version ?? '',
    startedAt: server?.at ?? '',
    finishedAt: cut.at,
    startSegment: first,
    endSegment: stop?.segment ?? '',
    keyCheck: source.keyCheck,
    fileStore: source.fileStore,
    files,
  };
  await writeManifest(archive, manifest);
  return manifest;
}
