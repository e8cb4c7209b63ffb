/**
 * Writes the reference pages that are made from the code: docs/reference/configuration.md, docs/reference/executors/.
 *
 *   npx node tools/write-reference.ts            writes them
 *   npx node tools/write-reference.ts --check    exits 1 where one is not what it would write, or is there without need
 */
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { makeReferencePages } from './reference-pages.ts';

const FOLDER = fileURLToPath(new URL('../docs/reference/', import.meta.url));

const pages = makeReferencePages();
await mkdir(`${FOLDER}executors`, { recursive: true });
const present = (await readdir(`${FOLDER}executors`)).map((name) => `executors/${name}`);
const superfluous = present.filter((path) => !pages.has(path));
const changed: string[] = [];
for (const [path, text] of pages) {
  const found = await readFile(FOLDER + path, 'utf8').catch(() => '');
  if (found !== text) changed.push(path);
}
if (process.argv.includes('--check')) {
  for (const path of [...changed, ...superfluous])
    console.error(`docs/reference/${path} is not what the code says: run npm run docs:reference`);
  process.exitCode = changed.length + superfluous.length > 0 ? 1 : 0;
} else {
  for (const path of changed) await writeFile(FOLDER + path, pages.get(path) ?? '');
  for (const path of superfluous) await rm(FOLDER + path);
  console.log(`${pages.size} pages, ${changed.length} written, ${superfluous.length} removed`);
}
