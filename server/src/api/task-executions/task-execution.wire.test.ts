import { describe, expect, test } from 'vitest';
import { newId, timeOfId } from '#base';
import { type TaskExecutionRow, toTaskExecutionWire } from './task-execution.wire.ts';

const at = (ms: number) => new Date(Date.now() + ms);
const row = (change: Partial<TaskExecutionRow> = {}): TaskExecutionRow => ({
  organizationId: newId(),
  id: newId(),
  executionId: newId(),
  flowVersionId: newId(),
  taskName: 'read',
  task: 1,
  item: 0,
  status: 'completed',
  executionStatus: 'running',
  attempt: 2,
  readyAt: at(5),
  startedAt: at(10),
  completedAt: at(20),
  input: { a: 1 },
  output: { b: 2 },
  outputKey: null,
  error: { message: 'no' },
  editedStatus: 'not_edited',
  staleStatus: 'consistent',
  staleReason: null,
  sourceTaskExecutions: null,
  draft: null,
  modifiedBy: 'system',
  ...change,
});
const wire = (change: Partial<TaskExecutionRow>, depth = 0) => {
  const made = row(change);
  return toTaskExecutionWire(made, { output: made.output, depth, sources: null });
};

describe('statuses on the wire', () => {
  test.each([
    ['ready', 'running', 'queued', 'queued'],
    ['scheduled', 'running', 'queued', 'queued'],
    ['running', 'running', 'running', 'running'],
    ['awaiting_input', 'running', 'awaiting_input', 'in_progress'],
    ['completed', 'running', 'completed', 'completed'],
    ['failed', 'running', 'failed', 'failed'],
    ['skipped', 'running', 'completed', 'skipped'],
    ['cancelled', 'cancelled', 'cancelled', 'failed'],
    ['ready', 'cancel_requested', 'cancel_requested', 'in_progress'],
    ['running', 'cancel_requested', 'cancel_requested', 'in_progress'],
    ['completed', 'cancel_requested', 'completed', 'completed'],
  ] as const)('%s in a %s execution is %s, %s for older clients', (status, executionStatus, processing, legacy) => {
    expect(wire({ status, executionStatus })).toMatchObject({ processing_status: processing, status: legacy });
  });

  test('a stale one says so to older clients', () => {
    expect(wire({ staleStatus: 'stale' })).toMatchObject({ processing_status: 'completed', stale_status: 'stale', status: 'stale' });
  });
});

test('output is that of a completed one, error that of a failed one', () => {
  expect(wire({ status: 'completed' })).toMatchObject({ output: { b: 2 }, error: null });
  expect(wire({ status: 'failed' })).toMatchObject({ output: null, error: { message: 'no' } });
  expect(wire({ status: 'running' })).toMatchObject({ output: null, error: null });
  expect(wire({ status: 'skipped' })).toMatchObject({ output: null, error: null, skipped: true });
});

test('a timer says when it is due, and does not count that as a change', () => {
  const due = at(60_000);
  const made = wire({ status: 'scheduled', readyAt: due, completedAt: null });
  expect(made.scheduled_for).toBe(due.toISOString());
  expect(made.updated_at && made.updated_at < due.toISOString()).toBe(true);
});

test('created_at is the time of the id, updated_at the last of its times', () => {
  const made = row();
  const { created_at, updated_at } = toTaskExecutionWire(made, { output: null, depth: 0, sources: null });
  expect(created_at).toBe(timeOfId(made.id).toISOString());
  expect(updated_at).toBe(made.completedAt?.toISOString());
});

test('item_path is there for nested fan-outs only', () => {
  expect(wire({ item: 2 ** 17 + 4 }, 2)).toMatchObject({ task_execution_idx: 2 ** 17 + 4, item_path: [1, 4] });
  expect(wire({ item: 4 }, 1)).not.toHaveProperty('item_path');
});
