/**
 * Builds the client in the form that is published: JavaScript and its types.
 *
 *   npx node tools/build-sdk.ts [folder]      writes sdk/dist, or the folder
 */
import { spawnSync } from 'node:child_process';
import { copyFile, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const folder = resolve(process.argv[2] ?? join(root, 'sdk/dist'));
await rm(folder, { recursive: true, force: true });
await mkdir(folder, { recursive: true });
const compiler = join(root, 'node_modules/typescript/bin/tsc');
const compiled = spawnSync(process.execPath, [compiler, '-p', join(root, 'sdk'), '--outDir', folder], { stdio: 'inherit' });
if (compiled.status !== 0) process.exit(1);
const source = JSON.parse(await readFile(join(root, 'sdk/package.json'), 'utf8')) as Record<string, unknown>;
const published = { ...source, exports: { '.': { types: './index.d.ts', default: './index.js' } }, engines: { node: '>=20' } };
await writeFile(join(folder, 'package.json'), `${JSON.stringify(published, null, 2)}\n`);
for (const [from, to] of [
  ['sdk/README.md', 'README.md'],
  ['LICENSE', 'LICENSE'],
] as const) {
  await copyFile(join(root, from), join(folder, to));
}
