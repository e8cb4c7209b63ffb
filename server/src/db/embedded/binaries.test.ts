import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { findBinaries, linkLibraries } from './binaries.ts';

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

test('a platform that no PostgreSQL comes for is told to use DATABASE_URL', async () => {
  await expect(findBinaries('sunos-x64')).rejects.toThrow(/sunos-x64.*DATABASE_URL/);
});
