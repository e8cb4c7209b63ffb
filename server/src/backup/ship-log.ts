/**
 * The log, segment by segment, into the archive. The running segment is closed first, so that what was committed until now is in what is shipped. A
 * replication slot keeps the server from recycling a segment before it lies in the archive.
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { OwnerConnection } from '#db';
import { type Archive, names, type ShippedSegment, writeWhole } from './archive.ts';
import { copyFile } from './copy-file.ts';
import { isSegment, segmentAfter } from './segment.ts';

export interface LogSource {
  owner: OwnerConnection;
  /** The cluster's folder. */
  cluster: string;
  archive: Archive;
  /** Copies the files that the log may name. */
  copyObjects(signal?: AbortSignal): Promise<number>;
}

export interface Cut {
  /** Every commit until then is in `segment` or before it. UTC to the microsecond. */
  at: string;
  segment: string;
  /** Where the log goes on. */
  position: string;
}

export const NOW = `to_char(clock_timestamp() at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;

/** Text of a position as a segment's name; the position is the first byte after what is meant. */
export const segmentBefore = (position: string) => `pg_walfile_name(${position}::pg_lsn - 1)`;

/**
 * Closes the running segment. A commit of its own comes after the instant that is told: recovery to an instant stops at the first commit after it,
 * and refuses where there is none. Three statements: in one text they were one transaction, whose commit would follow the switch.
 */
export async function cutLog(owner: OwnerConnection): Promise<Cut> {
  const [now] = await owner.query<{ at: string }>(`select ${NOW} as at`);
  await owner.query('select pg_current_xact_id()');
  const [end] = await owner.query<{ position: string }>('select pg_switch_wal()::text as position');
  const [name] = await owner.query<{ segment: string }>(`select ${segmentBefore('$1')} as segment`, [end?.position]);
  return { at: now?.at ?? '', segment: name?.segment ?? '', position: end?.position ?? '' };
}

/**
 * Ships all from `first` to the cut, files before log, and answers how many segments went. Throws, with its name, where one is gone from the server
 * and not in the archive: what comes after it could never be restored.
 */
export async function shipSegments(source: LogSource, first: string, cut: Cut, signal?: AbortSignal): Promise<number> {
  await source.copyObjects(signal);
  const present = new Set((await names(join(source.cluster, 'pg_wal'))).filter(isSegment));
  let shipped = 0;
  for (let segment = first; segment <= cut.segment; segment = segmentAfter(segment)) {
    if (existsSync(join(source.archive.wal, `${segment}.json`))) continue;
    if (!present.has(segment)) throw new Error(`Segment ${segment} of the log is gone from the server and was never copied`);
    await shipSegment(source, segment, segment === cut.segment ? cut.at : null, signal);
    shipped++;
  }
  return shipped;
}

async function shipSegment({ cluster, archive }: LogSource, segment: string, through: string | null, signal?: AbortSignal): Promise<void> {
  const made = await copyFile(join(cluster, 'pg_wal', segment), join(archive.wal, `${segment}.gz`), {
    as: 'gzip',
    isDurable: true,
    signal,
  });
  const description: ShippedSegment = { segment, ...made, through };
  await writeWhole(join(archive.wal, `${segment}.json`), `${JSON.stringify(description)}\n`);
}
