/**
 * Ships the log for as long as the platform runs, and makes a base copy each day, or where the archive's log does not reach to here. Of several
 * processes on one data folder one does it, the next takes over when it ends. A failure is logged and tried again: the server keeps the log meanwhile.
 */
import { setTimeout as wait } from 'node:timers/promises';
import type { Config, Log } from '#base';
import { connectOwner, type OwnerConnection } from '#db';
import { type Archive, listBases, listSegments } from './archive.ts';
import { chainOf } from './chain.ts';
import { checkArchive } from './check-archive.ts';
import { openSource, storeFolderOf } from './open-source.ts';
import { pruneArchive } from './prune-archive.ts';
import { segmentAfter, timelineOf } from './segment.ts';
import { cutLog, shipSegments } from './ship-log.ts';
import { findKeptSegment, letGo, renewSlot, takeShippingLock } from './slots.ts';
import { type BaseSource, takeBase } from './take-base.ts';

export interface KeptBackup {
  /** Ships what is there, and ends. */
  close(): Promise<void>;
}

export interface KeepOptions {
  ownerUrl: string;
  archive: Archive;
  config: Pick<Config, 'files' | 'encryptionKey'>;
  /** Between two shipments: what a lost machine loses at most, beside the time that a shipment takes. */
  everyMs: number;
  /** Base copies that are kept. */
  keep: number;
  log: Log;
}

const BASE_EVERY_MS = 86_400_000; // a restore replays the log of a day at most
const CLOSE_MS = 10_000; // of the last shipment: a stop in order is not held up by a slow disk
const POSITION = 'select pg_current_wal_insert_lsn()::text as position';

export function keepBackup(options: KeepOptions): KeptBackup {
  const closing = new AbortController();
  const pause = () => wait(options.everyMs, undefined, { signal: closing.signal, ref: false }).catch(() => {});
  const run = async () => {
    while (!closing.signal.aborted) {
      try {
        await shipUntilItFails(options, pause, closing.signal);
      } catch (error) {
        options.log.error({ err: error, archive: options.archive.folder }, 'the backup could not go on; it is tried again');
        await pause();
      }
    }
  };
  const ended = run();
  return {
    close: async () => {
      closing.abort();
      await Promise.race([ended, wait(CLOSE_MS, undefined, { ref: false })]);
    },
  };
}

/** Rounds in one session, the last one when it is told to end. */
async function shipUntilItFails(options: KeepOptions, pause: () => Promise<void>, ending: AbortSignal): Promise<void> {
  const owner = await connectOwner(options.ownerUrl, 'flow backup');
  try {
    const source = await openSource(owner, options.archive, options.config);
    let isOurs = false;
    for (let position = ''; ; ) {
      const isLast = ending.aborted;
      isOurs ||= await takeShippingLock(owner);
      if (isOurs && (await positionOf(owner)) !== position) {
        await shipRound(source, options, isLast);
        position = await positionOf(owner);
      }
      if (isLast) return;
      await pause();
    }
  } finally {
    await owner.close().catch(() => {}); // it may be what failed
  }
}

const positionOf = async (owner: OwnerConnection) => (await owner.query<{ position: string }>(POSITION))[0]?.position ?? '';

async function shipRound(source: BaseSource, { archive, config, keep, log }: KeepOptions, isLast: boolean): Promise<void> {
  const first = await findFirstToShip(archive, await findKeptSegment(source.owner));
  if (first !== undefined) {
    const cut = await cutLog(source.owner);
    await shipSegments(source, first, cut);
    await letGo(source.owner, cut.position);
  }
  if (isLast || (first !== undefined && !(await isBaseDue(archive)))) return; // a base takes too long for an end
  await checkArchive(source.owner, archive);
  if (first === undefined) await renewSlot(source.owner);
  const { id, files } = await takeBase(source);
  log.info({ base: id, files: files.length, archive: archive.folder }, 'made a backup of the whole database');
  await pruneArchive(archive, keep, storeFolderOf(config.files));
}

/** Where to go on: undefined where something between the newest base and what the server still keeps can never come into the archive. */
async function findFirstToShip(archive: Archive, kept: string | undefined): Promise<string | undefined> {
  const base = (await listBases(archive)).bases.at(-1);
  if (!base || kept === undefined || timelineOf(base.startSegment) !== timelineOf(kept)) return undefined;
  if (kept <= base.startSegment) return base.startSegment;
  const last = chainOf(base, await listSegments(archive)).segments.at(-1);
  return last !== undefined && kept <= segmentAfter(last.segment) ? kept : undefined;
}

async function isBaseDue(archive: Archive): Promise<boolean> {
  const base = (await listBases(archive)).bases.at(-1);
  return base === undefined || Date.now() - Date.parse(base.startedAt) > BASE_EVERY_MS;
}
