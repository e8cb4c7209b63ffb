import { readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where bodies wait on their way to a store that is not this machine's disk. One folder a user of the machine: the next one may not write there. */
export const temporaryStagingFolder = (): string => join(tmpdir(), `flow-incoming-${process.getuid?.() ?? 'user'}`);

const STALE_MS = 24 * 3600 * 1000; // no upload lasts so long: its process has died

/** Removes bodies that a process left when it was killed. Never throws: the next start tries again. */
export async function sweepStagingFolder(folder: string, now = Date.now()): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names.filter((one) => one.endsWith('.part'))) {
    const path = join(folder, name);
    const { mtimeMs } = await stat(path).catch(() => ({ mtimeMs: now }));
    if (now - mtimeMs > STALE_MS) await rm(path, { force: true }).catch(() => undefined);
  }
}
