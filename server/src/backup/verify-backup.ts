import { join } from 'node:path';
import { type Archive, type BaseManifest, type CopiedFile, listBases, listSegments, names } from './archive.ts';
import { chainOf, endOf } from './chain.ts';
import { forEachOf, measureFile } from './copy-file.ts';
import { listObjects } from './copy-objects.ts';

export interface VerifyReport {
  /** A sentence for each thing that is missing, changed, or out of order. */
  faults: string[];
  /** From when to when each base can be restored; `to` is absent where its log is missing. */
  restorable: { base: string; from: string; to: string | undefined }[];
  filesRead: number;
  bytesRead: number;
}

const WIDTH = 4;

/** Reads all of an archive and compares it with the checksums that were noted when it was written. */
export async function verifyBackup(archive: Archive): Promise<VerifyReport> {
  const { bases, faults } = await listBases(archive);
  const shipped = await listSegments(archive);
  const report: VerifyReport = { faults, restorable: [], filesRead: 0, bytesRead: 0 };
  const check = async (folder: string, name: string, files: Iterable<CopiedFile>) => {
    await forEachOf(files, WIDTH, async (file) => {
      const fault = await faultOf(join(folder, file.path), file);
      if (fault) faults.push(`${name}/${file.path} ${fault}`);
      report.filesRead++;
      report.bytesRead += file.sizeBytes;
    });
  };
  for (const base of bases) await check(join(archive.base(base.id), 'postgres'), `bases/${base.id}/postgres`, base.files);
  await check(
    archive.wal,
    'wal',
    shipped.map((each) => ({ ...each, path: `${each.segment}.gz` })),
  );
  await check(archive.files, 'files', (await listObjects(archive)).values());
  const present = new Set(shipped.map(({ segment }) => `${segment}.json`));
  for (const name of await names(archive.wal)) {
    if (name.endsWith('.json') && !present.has(name)) faults.push(`wal/${name.slice(0, -5)}.gz is missing`);
  }
  if (bases.length === 0) faults.push('there is no whole backup in it');
  for (const base of bases) {
    const chain = chainOf(base, shipped);
    if (chain.gap !== undefined && !hasLaterBase(bases, base, chain.gap)) faults.push(gapFault(chain.gap));
    report.restorable.push({ base: base.id, from: base.finishedAt, to: endOf(base, chain) });
  }
  report.faults = [...new Set(faults)].sort();
  return report;
}

const gapFault = (segment: string) => `wal/${segment} is missing: nothing after it can be restored from an earlier backup`;

/** Where nobody ships the log, each base has its own and a gap before the next: no fault. */
const hasLaterBase = (bases: readonly BaseManifest[], base: BaseManifest, gap: string): boolean =>
  gap > base.endSegment && bases.some((later) => later.startSegment > gap);

async function faultOf(path: string, expected: CopiedFile): Promise<string | undefined> {
  try {
    const { sha256, sizeBytes } = await measureFile(path);
    if (sizeBytes !== expected.sizeBytes) return `has ${sizeBytes} bytes, not ${expected.sizeBytes}`;
    return sha256 === expected.sha256 ? undefined : 'does not have the checksum that was noted';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'is missing';
    throw error;
  }
}
