import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const SERVER = fileURLToPath(new URL('../..', import.meta.url));
const numbered = (letter: string, count: number) => Array.from({ length: count }, (_, i) => `${letter}${i + 1}`);

/** Contradictions of the API that ours is compatible with, and gaps in it: each decided, and named by the test that holds us to the decision. */
const RULES = [...numbered('C', 27), ...numbered('G', 18)];

/** Rules whose operations are still to come. A rule leaves the list with its first test, or the second test below fails. */
const PENDING: Record<string, string> = {
  C12: 'invitations',
  C26: 'webhook-data',
};

const isTest = (path: string) => path.endsWith('.test.ts');
const files = ['src', 'test'].flatMap((folder) =>
  readdirSync(join(SERVER, folder), { recursive: true, encoding: 'utf8' })
    .filter(isTest)
    .map((path) => join(SERVER, folder, path)),
);

/** Rules that titles begin with: `C1: ...`, `G4 ...`, `G6 and G11: ...`. */
const TITLE = /['"`]((?:[CG]\d+(?:, | and )?)+):? /g;
const named = new Set(
  files.flatMap((path) =>
    [...readFileSync(path, 'utf8').matchAll(TITLE)].flatMap(([, rules]) => (rules as string).match(/[CG]\d+/g) ?? []),
  ),
);

test('every contradiction and every gap is named by a test', () => {
  expect(RULES.filter((rule) => !named.has(rule) && !(rule in PENDING))).toEqual([]);
});

test('what is pending has no test yet, and no test names a rule that does not exist', () => {
  expect(Object.keys(PENDING).filter((rule) => named.has(rule))).toEqual([]);
  expect([...named].filter((rule) => !RULES.includes(rule))).toEqual([]);
});

test('the page on compatibility tells users of every one', () => {
  const page = readFileSync(join(SERVER, '../docs/reference/compatibility.md'), 'utf8');
  expect(RULES.filter((rule) => !new RegExp(`\\b${rule}\\b`).test(page))).toEqual([]);
});
