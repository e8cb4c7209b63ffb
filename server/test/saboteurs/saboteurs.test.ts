// Tests of tests: the product without one of its defences, and the one file that must miss it. All of them run in `npm run torture`.
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, inject, test } from 'vitest';
import { runSaboteur, without } from './run-saboteur.ts';
import { SWITCHES } from './switches.ts';

/** All of them by FLOW_TEST_SABOTEURS=all, some by their names. */
const WANTED = process.env.FLOW_TEST_SABOTEURS?.split(',') ?? [];
const names = Object.keys(SWITCHES).filter((name) =>
  WANTED.length === 0 ? SWITCHES[name]?.isQuick : WANTED.includes('all') || WANTED.includes(name),
);

test.each(Object.entries(SWITCHES))('%s still finds what it removes, and the file that misses it', async (_, { edits, caughtBy }) => {
  const read = (path: string) => readFile(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
  for (const [path, from, to] of edits) expect(without(await read(path), path, from, to)).not.toBe(await read(path));
  expect(await read(caughtBy)).toContain('test');
});

describe.concurrent('without', () => {
  for (const name of names) {
    test(`${name}, ${SWITCHES[name]?.caughtBy} fails`, { timeout: 300_000 }, async () => {
      const { failed, output } = await runSaboteur(name, { server: inject('testServer') });
      expect(failed.length, `nobody misses ${SWITCHES[name]?.removes}:\n${output}`).toBeGreaterThan(0);
      console.info(`without ${name}: ${failed[0]}`);
    });
  }
});
