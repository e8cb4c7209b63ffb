/** The page of guarantees names, for each, a test that exists; the index of the documentation has every page. */
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const PAGE = join(ROOT, 'docs/operating/guarantees.md');

interface Guarantee {
  text: string;
  file: string;
  testName: string;
}

/** What stands before the section of what is not promised, an entry a line. */
const entries = (readFileSync(PAGE, 'utf8').split('## What is not guaranteed')[0] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('- '));

function readGuarantee(entry: string): Guarantee | undefined {
  const [, text, file, testName] = /^- \*\*(.+?)\*\*.* Proven by \[[\w.-]+\]\((\S+)\): `(.+)`$/.exec(entry) ?? [];
  return text && file && testName ? { text, file, testName } : undefined;
}

test('every guarantee names the file and the test that prove it, and both are there', () => {
  expect(entries.length).toBeGreaterThan(15);
  const faults = entries.flatMap((entry) => {
    const guarantee = readGuarantee(entry);
    if (!guarantee) return [`names no proof: ${entry}`];
    const path = resolve(dirname(PAGE), guarantee.file);
    if (!existsSync(path) || !path.endsWith('.test.ts')) return [`${guarantee.text} ${guarantee.file} is no file of tests`];
    const lines = readFileSync(path, 'utf8').split('\n');
    const isNamed = lines.some((line) => /^\s*(test|it)\b/.test(line) && line.includes(guarantee.testName));
    return isNamed ? [] : [`${guarantee.text} ${guarantee.file} has no test '${guarantee.testName}'`];
  });
  expect(faults).toEqual([]);
});

test('an entry without its proof is found', () => {
  expect(readGuarantee('- **Nothing is lost.** Believe us.')).toBeUndefined();
  expect(readGuarantee('- **A.** B. Proven by [c.test.ts](../c.test.ts): `d`')).toEqual({
    text: 'A.',
    file: '../c.test.ts',
    testName: 'd',
  });
});

test('the index leads to every page that is written by hand', () => {
  const index = readFileSync(join(ROOT, 'docs/README.md'), 'utf8');
  const pages = globSync('{guides,operating,reference}/*.md', { cwd: join(ROOT, 'docs') }).map((path) => path.replaceAll('\\', '/'));
  expect(pages.length).toBeGreaterThan(10);
  expect(pages.filter((page) => !index.includes(`](${page})`))).toEqual([]);
});
