import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Archive, type BaseManifest, listBases, names, writeWhole } from './archive.ts';
import { type CopiedObject, listObjects } from './copy-objects.ts';

/**
 * Keeps the newest bases, and of log and files what these can need. A base loses its description first: one that is half deleted is none. An
 * interrupted copy that is older than the newest base goes too.
 */
export async function pruneArchive(archive: Archive, keep: number, store: string | undefined): Promise<void> {
  const { bases } = await listBases(archive);
  const kept = bases.slice(-keep);
  const [oldest, newest] = [kept[0], kept.at(-1)];
  if (!oldest || !newest) return;
  for (const id of await names(join(archive.folder, 'bases'))) {
    if (kept.some((base) => base.id === id) || id > newest.id) continue;
    await rm(join(archive.base(id), 'manifest.json'), { force: true });
    await rm(archive.base(id), { recursive: true, force: true });
  }
  for (const name of await names(archive.wal)) {
    if (name.slice(0, 24) < oldest.startSegment) await rm(join(archive.wal, name), { force: true });
  }
  if (store !== undefined) await pruneObjects(archive, oldest, store);
}

/** An object that the store has deleted is needed by every instant before that; when it was seen to be gone is noted in the list. */
async function pruneObjects(archive: Archive, oldest: BaseManifest, store: string): Promise<void> {
  const listed: (CopiedObject & { goneAt?: string })[] = [...(await listObjects(archive)).values()];
  const now = new Date().toISOString();
  const remaining: typeof listed = [];
  for (const object of listed) {
    if (!existsSync(join(store, object.path))) object.goneAt ??= now;
    else delete object.goneAt;
    if (object.goneAt !== undefined && object.goneAt < oldest.startedAt) await rm(join(archive.files, object.path), { force: true });
    else remaining.push(object);
  }
  if (listed.length > 0) await writeWhole(archive.fileList, `${remaining.map((object) => JSON.stringify(object)).join('\n')}\n`);
}
