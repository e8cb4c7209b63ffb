import { fileURLToPath } from 'node:url';
import { type Config, deriveKey } from '#base';
import type { OwnerConnection } from '#db';
import type { Archive } from './archive.ts';
import { createObjectCopier } from './copy-objects.ts';
import type { BaseSource } from './take-base.ts';

/** By it a restore knows the key before it has copied a gigabyte. */
export const keyCheckOf = (encryptionKey: Buffer): string => deriveKey(encryptionKey, 'backup/key-check').toString('hex').slice(0, 16);

/** The folder of the file store; undefined where files lie in a bucket, which has backups of its own. */
export function storeFolderOf(files: string): string | undefined {
  return files.startsWith('file:') ? fileURLToPath(new URL(new URL(files).pathname, 'file://')) : undefined;
}

/** What is backed up: the cluster that the owner's session is on, and the files of the configuration. Throws where the session may not copy it. */
export async function openSource(
  owner: OwnerConnection,
  archive: Archive,
  config: Pick<Config, 'files' | 'encryptionKey'>,
): Promise<BaseSource> {
  const [row] = await owner.query<{ folder: string }>(`select current_setting('data_directory') as folder`);
  const store = storeFolderOf(config.files);
  return {
    owner,
    cluster: row?.folder ?? '',
    archive,
    keyCheck: keyCheckOf(config.encryptionKey),
    fileStore: { location: config.files, copied: store !== undefined },
    copyObjects: store === undefined ? async () => 0 : createObjectCopier(archive, store),
  };
}
