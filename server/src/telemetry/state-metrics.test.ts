import { expect, test } from 'vitest';
import type { PlatformState } from './platform-state.ts';
import { stateMetrics } from './state-metrics.ts';

const idOf = (n: number) => `0198a000-0000-7000-8000-${String(n).padStart(12, '0')}`;
const state: PlatformState = {
  readAt: new Date(0),
  ready: Array.from({ length: 25 }, (_, n) => ({ organizationId: idOf(n), depth: n + 1, oldestSeconds: 100 - n, isMore: false })),
  queued: [],
  executors: [{ executor: 'delay', depth: 9 }],
  timers: { scheduled: 4, overdue: 1.5, waiting: 2 },
  workers: { alive: 3, drained: 1, lost: 2, loop_delay: 0.25, since_claim: null, silent: [] },
  recent: [],
  database: { notify_queue: 0.01, tables: [{ table: 'task_executions', dead: 7, live: 8, vacuumed: null }] },
};
const valuesOf = (text: string, name: string) =>
  new Map(
    [...text.matchAll(new RegExp(`^${name}(?:\\{\\w+="([^"]*)"\\})? (.+)$`, 'gm'))].map((match) => [match[1] ?? '', Number(match[2])]),
  );

test('twenty organizations with the most work are named, the others summed: nothing is lost, and the labels are bounded', async () => {
  const depth = valuesOf(await stateMetrics(state), 'flow_ready_tasks');
  expect(depth.size).toBe(21);
  expect(depth.get(idOf(24))).toBe(25);
  expect(depth.get('other')).toBe(1 + 2 + 3 + 4 + 5);
  expect([...depth.values()].reduce((sum, each) => sum + each)).toBe((25 * 26) / 2);
  const age = valuesOf(await stateMetrics(state), 'flow_ready_oldest_seconds');
  expect([age.get(idOf(24)), age.get('other')]).toEqual([76, 100]);
});

test('an administrator sees his own organization, and of the others a sum', async () => {
  const depth = valuesOf(await stateMetrics(state, idOf(2)), 'flow_ready_tasks');
  expect([...depth]).toEqual([
    [idOf(2), 3],
    ['other', (25 * 26) / 2 - 3],
  ]);
});

test('what was never done is -1, and what could not be read is told as such', async () => {
  const text = await stateMetrics(state);
  expect(valuesOf(text, 'flow_table_vacuum_age_seconds').get('task_executions')).toBe(-1);
  expect(valuesOf(text, 'flow_claim_age_seconds').get('')).toBe(-1);
  expect(valuesOf(text, 'flow_workers')).toEqual(
    new Map([
      ['alive', 3],
      ['drained', 1],
      ['lost', 2],
    ]),
  );
  expect(valuesOf(await stateMetrics(undefined), 'flow_state_up').get('')).toBe(0);
  expect(await stateMetrics(undefined)).not.toContain('flow_ready_tasks');
});
