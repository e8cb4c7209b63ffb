import { listBases, listSegments, openArchive } from './archive.ts';

/** What lies in an archive, by its own account: whole copies, and until when the log is complete. Reads descriptions, no checksums. */
export async function listArchive(folder: string): Promise<{ bases: number; through: string | undefined }> {
  const archive = openArchive(folder);
  const { bases } = await listBases(archive);
  const last = (await listSegments(archive)).findLast(({ through }) => through !== null);
  return { bases: bases.length, through: last?.through ?? undefined };
}
