import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { chmod, cp, mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';

/**
 * A copy of the installed PostgreSQL below `folder`, made once a release of it, for whoever may not run or change the one that is installed.
 * `finish` is done to the copy before it takes its place.
 */
export async function copyBinaries(binaries: Binaries, folder: string, finish = async (_root: string) => {}): Promise<Binaries> {
  const stamp = createHash('sha256')
    .update(binaries.root)
    .update(String(statSync(binaries.postgres).mtimeMs))
    .digest('hex')
    .slice(0, 16);
  const root = join(folder, `postgresql-${stamp}`);
  if (!existsSync(root)) {
    const draft = `${root}.${process.pid}`;
    await rm(draft, { recursive: true, force: true }); // what a process of this number left half done
    await mkdir(folder, { recursive: true });
    await cp(binaries.root, draft, { recursive: true, verbatimSymlinks: true });
    await chmod(draft, 0o755);
    await finish(draft);
    await rename(draft, root);
  }
  const moved = (path: string) => join(root, path.slice(binaries.root.length));
  return { root, initdb: moved(binaries.initdb), postgres: moved(binaries.postgres), pgCtl: moved(binaries.pgCtl) };
}
