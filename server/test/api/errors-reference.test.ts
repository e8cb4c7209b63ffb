import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { ERROR_CODES } from '#base';
import { DOCUMENT_ERROR_CODES } from '#documents';

const REFERENCE = fileURLToPath(new URL('../../../docs/reference/errors.md', import.meta.url));

test('docs/reference/errors.md has every code with its status, and no other', () => {
  const [codes = ''] = readFileSync(REFERENCE, 'utf8').split('\n## ');
  const rows = [...codes.matchAll(/^\| `(\w+)` +\| (\d{3}) +\|/gm)].map((match) => [match[1], Number(match[2])]);
  expect(Object.fromEntries(rows)).toEqual(ERROR_CODES);
});

test('every code with which a document is refused is explained', () => {
  const [, failures = ''] = readFileSync(REFERENCE, 'utf8').split('## Failures of a task');
  const explained = new Set([...failures.matchAll(/`(\w+)`/g)].map((match) => match[1]));
  expect(DOCUMENT_ERROR_CODES.filter((code) => !explained.has(code))).toEqual([]);
});
