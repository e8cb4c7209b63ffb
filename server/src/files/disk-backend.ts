import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Backend } from './backend.ts';

const STAGING = '.incoming'; // no object key begins with a dot

/**
 * A folder of this machine, or one that machines share. An object is received beside the others on the same file system and renamed into
 * place, which is atomic; flydrive's own disk driver writes in place and moves by copying, so a crash would leave half a file under the key.
 */
export function createDiskBackend(root: string): Backend {
  const pathOf = (key: string) => join(root, key);
  return {
    stagingFolder: join(root, STAGING),
    async publish(body, key) {
      const folder = dirname(pathOf(key));
      await mkdir(folder, { recursive: true });
      await rename(body.path, pathOf(key));
      await syncFolder(folder);
    },
    async stream(key, range) {
      const file = await open(pathOf(key), 'r');
      return file.createReadStream(range);
    },
    async sizeOf(key) {
      return (await stat(pathOf(key))).size;
    },
    async delete(key) {
      await rm(pathOf(key), { force: true });
    },
    isMissing: (error) => ['ENOENT', 'ENOTDIR', 'EISDIR'].includes((error as NodeJS.ErrnoException).code ?? ''),
    close: async () => undefined,
  };
}

/** Makes a rename durable. Windows cannot open a folder and does not need it. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}
