// Which test proves what becomes of each fault of RELIABILITY (F1 to F30). A row names the files; a file names its fault in a title.
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { findCampaignFaults } from './find-campaign-faults.ts';

const SERVER = fileURLToPath(new URL('../..', import.meta.url));
const ALL = Array.from({ length: 30 }, (_, i) => `F${i + 1}`);

const TESTS: Record<string, string[]> = {
  F1: ['test/faults/worker-kills.test.ts'],
  F2: ['test/faults/crash-points.test.ts'],
  F3: [
    'test/faults/commit-cuts.test.ts',
    'test/faults/idempotency-storm.test.ts',
    'test/idempotency/lost-answers.test.ts',
    'src/engine/coalesce.test.ts',
  ],
  F4: ['test/faults/worker-kills.test.ts'],
  F5: ['test/faults/database-restarts.test.ts'],
  F6: ['test/faults/database-restarts.test.ts'],
  F7: ['test/faults/silent-network.test.ts', 'test/faults/network-namespace.test.ts'],
  F8: ['test/faults/slow-database.test.ts'],
  F9: ['test/faults/statement-errors.test.ts'],
  F10: ['test/faults/deadlocks.test.ts'],
  F11: ['test/faults/disk-full.test.ts'],
  F12: ['test/faults/duplicates.test.ts', 'test/faults/idempotency-storm.test.ts'],
  F13: ['test/faults/reorderings.test.ts'],
  F14: ['test/faults/poison.test.ts'],
  F15: ['test/engine/fan-out.test.ts'],
  F16: ['test/engine/fairness.test.ts'],
  F17: [
    'test/faults/stopped-process.test.ts',
    'test/live/hostile-clients.test.ts',
    'test/live/event-stream.test.ts',
    'test/worker/hanging-receiver.test.ts',
  ],
  F18: ['test/faults/moved-clock.test.ts', 'src/worker/database-clock.test.ts'],
  F19: ['test/documents/out-of-memory.test.ts'],
  F20: ['test/faults/poison.test.ts'],
  F21: ['test/worker/large-output.test.ts'],
  F22: ['test/faults/rolling-restarts.test.ts'],
  F23: ['test/db/migrate-under-load.test.ts'],
  F24: ['test/backup/drill.test.ts'],
  F25: ['test/faults/file-store.test.ts'],
  F26: ['src/models/openai-compatible.test.ts'],
  F27: ['test/faults/pool-exhaustion.test.ts'],
  F28: ['test/faults/thundering-herd.test.ts'],
  F29: ['test/faults/start-kills.test.ts'],
  F30: ['test/backup/drill.test.ts', 'test/faults/file-store.test.ts', 'src/files/checked-key.test.ts'],
};

test('every fault is proven by a test', () => {
  expect(Object.keys(TESTS).sort()).toEqual(ALL.toSorted());
});

test.each(Object.entries(TESTS))('%s: each of its files is there and names it in a title', (fault, paths) => {
  const title = new RegExp(`['"\`][^'"\`\\n]*\\b${fault}\\b`);
  expect(paths.filter((path) => !existsSync(`${SERVER}/${path}`))).toEqual([]);
  expect(paths.filter((path) => !title.test(readFileSync(`${SERVER}/${path}`, 'utf8')))).toEqual([]);
});

test('a campaign is of faults that there are', async () => {
  expect((await findCampaignFaults()).filter((fault) => !ALL.includes(fault))).toEqual([]);
});
