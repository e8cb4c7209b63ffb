import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBinaries, linkLibraries } from './binaries.ts';
import { copyBinaries } from './copy-binaries.ts';

test('libraries are linked under the names that the loader looks for, also after an install without scripts', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flow-links-'));
  const lib = join(folder, 'native', 'lib');
  mkdirSync(lib, { recursive: true });
  writeFileSync(join(lib, 'libpq.so.5.18'), 'library');
  const links = [
    { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so.5' },
    { source: 'native/lib/libpq.so.5.18', target: 'native/lib/libpq.so' },
  ];
  writeFileSync(join(folder, 'native', 'pg-symlinks.json'), JSON.stringify(links));
  await Promise.all([linkLibraries(join(folder, 'native')), linkLibraries(join(folder, 'native'))]);
  for (const name of ['libpq.so', 'libpq.so.5']) expect(readFileSync(join(lib, name), 'utf8')).toBe('library');
  rmSync(folder, { recursive: true });
});

test('a copy is finished before it takes its place, and is made once', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'flow-copy-'));
  const root = join(folder, 'native');
  mkdirSync(join(root, 'bin'), { recursive: true });
  for (const name of ['initdb', 'postgres', 'pg_ctl']) writeFileSync(join(root, 'bin', name), name);
  symlinkSync('postgres', join(root, 'bin', 'postmaster'));
  const at = (name: string) => join(root, 'bin', name);
  const installed = { root, initdb: at('initdb'), postgres: at('postgres'), pgCtl: at('pg_ctl') };
  const finished: string[] = [];
  const copy = () => copyBinaries(installed, join(folder, 'spare'), async (draft) => void finished.push(draft));
  const [first, second] = [await copy(), await copy()];
  expect(second).toEqual(first);
  expect(finished).toHaveLength(1);
  expect(finished[0]).not.toBe(first.root);
  expect(readFileSync(join(first.root, 'bin', 'postmaster'), 'utf8')).toBe('postgres');
  expect(readFileSync(first.pgCtl, 'utf8')).toBe('pg_ctl');
  rmSync(folder, { recursive: true });
});

test('a platform that no PostgreSQL comes for is told to use DATABASE_URL', async () => {
  await expect(findBinaries(tmpdir(), 'sunos-x64')).rejects.toThrow(/sunos-x64.*DATABASE_URL/);
});
