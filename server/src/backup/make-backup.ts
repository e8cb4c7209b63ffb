import type { Config } from '#base';
import { connectOwner } from '#db';
import type { Archive, BaseManifest } from './archive.ts';
import { checkArchive } from './check-archive.ts';
import { openSource, storeFolderOf } from './open-source.ts';
import { pruneArchive } from './prune-archive.ts';
import { holdLog, takeShippingLock } from './slots.ts';
import { takeBase } from './take-base.ts';

/**
 * One base copy of a running database, with the log that makes it whole and the files; then the oldest go beyond `keep`. May run beside a platform that
 * ships to the same archive. Throws `conflict` where the archive is another installation's.
 */
export async function makeBackup(
  ownerUrl: string,
  archive: Archive,
  config: Pick<Config, 'files' | 'encryptionKey'>,
  options: { keep: number; signal?: AbortSignal },
): Promise<BaseManifest> {
  const owner = await connectOwner(ownerUrl, 'flow backup');
  try {
    const source = await openSource(owner, archive, config);
    await checkArchive(owner, archive);
    await holdLog(owner);
    const base = await takeBase(source, options.signal);
    // Whoever ships the log deletes as well: two at once would lose lines of the list of files.
    if (await takeShippingLock(owner)) await pruneArchive(archive, options.keep, storeFolderOf(config.files));
    return base;
  } finally {
    await owner.close();
  }
}
