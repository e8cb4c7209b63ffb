/**
 * Writes server/test/contract/facts.json: the facts of the API that ours is compatible with, of the tags that we serve, from its own OpenAPI
 * document. That document is not ours to keep; its names, types, limits and statuses are what a client depends on.
 *
 *   npx node tools/contract-facts.ts path/to/openapi.json
 */
import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describeContract } from './describe-contract.ts';

const FILE = fileURLToPath(new URL('../server/test/contract/facts.json', import.meta.url));

/** The tags that are served whole, but for what NOT_YET names. */
const TAGS = new Set([
  'flows',
  'flow-executions',
  'task-executions',
  'task-executors',
  'task-data',
  'task-outputs',
  'task-tags',
  'files',
  'models',
  'profile',
  'service-accounts',
]);
const NOT_YET = /^\w+ \/api\/flows\/\{\}\/(team-)?invitations$/;

const path = process.argv[2];
if (path === undefined) throw new Error('usage: contract-facts.ts <openapi.json of the API that ours is compatible with>');
const { operations, shapes } = describeContract(JSON.parse(await readFile(path, 'utf8')), TAGS);
const kept = Object.entries(operations).filter(([name]) => !NOT_YET.test(name));
const used = new Set<string>();
const collect = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  const { ref } = value as { ref?: unknown };
  if (typeof ref === 'string' && !used.has(ref)) {
    used.add(ref);
    collect(shapes[ref]);
  }
  for (const child of Object.values(value)) collect(child);
};
collect(kept);
const lines = (entries: [string, unknown][]): string =>
  entries.map(([name, value]) => `${JSON.stringify(name)}: ${JSON.stringify(value)}`).join(',\n');
const named = Object.entries(shapes).filter(([name]) => used.has(name));
await writeFile(FILE, `{"operations": {\n${lines(kept)}\n},\n"shapes": {\n${lines(named)}\n}}\n`);
console.log(`${kept.length} operations, ${used.size} shapes`);
