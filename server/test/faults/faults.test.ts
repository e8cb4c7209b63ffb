// Which test proves what becomes of each fault of RELIABILITY (F1 to F30). A row names the files; a file names its fault in a title.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findCampaignFaults } from './find-campaign-faults.ts';

const SERVER = fileURLToPath(new URL('../..', import.meta.url));
const ALL = Array.from({ length: 30 }, (_, i) => `F${i + 1}`);

const TESTS: Record<string, string[]> = {
  F3: [
    'test/faults/commit-cuts.test.ts',
    'test/faults/idempotency-storm.test.ts',
    'test/idempotency/lost-answers.test.ts',
    'src/engine/coalesce.test.ts',
  ],
  F7: ['test/faults/silent-network.test.ts', 'test/faults/network-namespace.test.ts'],
  F8: ['test/faults/slow-database.test.ts'],
  F9: ['test/faults/statement-errors.test.ts'],
  F10: ['test/faults/deadlocks.test.ts'],
  F11: ['test/faults/disk-full.test.ts'],
  F12: ['test/faults/duplicates.test.ts', 'test/faults/idempotency-storm.test.ts'],
  F13: ['test/faults/reorderings.test.ts'],
  F17: [
    'test/faults/stopped-process.test.ts',
    'test/live/hostile-clients.test.ts',
    'test/live/event-stream.test.ts',
    'test/worker/hanging-receiver.test.ts',
  ],
  F18: ['test/faults/moved-clock.test.ts', 'src/worker/database-clock.test.ts'],
  F25: ['test/faults/file-store.test.ts'],
  F26: ['src/models/openai-compatible.test.ts'],
  F27: ['test/faults/pool-exhaustion.test.ts'],
  F28: ['test/faults/thundering-herd.test.ts'],
  F30: ['test/faults/file-store.test.ts', 'src/files/checked-key.test.ts'],
};

/** Faults whose tests are still to be named above, and what they are of. A fault leaves the list with its row, or the second test below fails. */
const PENDING: Record<string, string> = {
  F1: 'processes',
  F2: 'processes',
  F4: 'processes',
  F5: 'processes',
  F6: 'processes',
  F14: 'processes',
  F15: 'fan-outs',
  F16: 'fairness',
  F19: 'the sandbox',
  F20: 'processes',
  F21: 'outputs',
  F22: 'processes',
  F23: 'upgrades',
  F24: 'backups',
  F29: 'processes',
};

test('every fault is proven by a test, or is on the list of those that are to come', () => {
  expect(ALL.filter((fault) => !(fault in TESTS) && !(fault in PENDING))).toEqual([]);
  expect(Object.keys(PENDING).filter((fault) => fault in TESTS || !ALL.includes(fault))).toEqual([]);
});

test.each(Object.entries(TESTS))('%s: each of its files is there and names it in a title', (fault, paths) => {
  const title = new RegExp(`['"\`][^'"\`\\n]*\\b${fault}\\b`);
  expect(paths.filter((path) => !existsSync(`${SERVER}/${path}`))).toEqual([]);
  expect(paths.filter((path) => !title.test(readFileSync(`${SERVER}/${path}`, 'utf8')))).toEqual([]);
});

test('a campaign is of faults that there are', async () => {
  expect((await findCampaignFaults()).filter((fault) => !ALL.includes(fault))).toEqual([]);
});
