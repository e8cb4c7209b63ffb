import { expect, test } from 'vitest';
import { newId, timeOfId } from '#base';
import { type FlowExecutionRow, toExecutionStatus, toFlowExecutionWire } from './flow-execution.wire.ts';

const row = (change: Partial<FlowExecutionRow> = {}): FlowExecutionRow => ({
  organizationId: newId(),
  id: newId(),
  flowId: newId(),
  flowVersion: 1,
  runNumber: 1,
  status: 'running',
  dataStatus: 'consistent',
  awaiting: 0,
  input: {},
  triggeredTaskExecutorName: null,
  triggeredBy: 'integration',
  pricingConfigId: null,
  modifiedBy: 'integration',
  updatedAt: new Date(),
  startedAt: null,
  completedAt: null,
  deletedAt: null,
  ...change,
});

test.each([
  [{ status: 'queued' }, 'queued'],
  [{ status: 'running' }, 'running'],
  [{ status: 'running', awaiting: 2 }, 'awaiting_input'],
  [{ status: 'running', dataStatus: 'edited' }, 'running'],
  [{ status: 'completed' }, 'completed'],
  [{ status: 'completed', dataStatus: 'edited' }, 'edited'],
  [{ status: 'completed', dataStatus: 'stale' }, 'stale'],
  [{ status: 'failed' }, 'failed'],
  [{ status: 'failed', dataStatus: 'stale' }, 'stale'],
  [{ status: 'cancel_requested', awaiting: 1 }, 'cancel_requested'],
  [{ status: 'cancelled', dataStatus: 'stale' }, 'cancelled'],
  [{ status: 'completed', deletedAt: new Date() }, 'deleted'],
  [{ status: 'running', deletedAt: new Date() }, 'deleted'],
] as const)('%j is %s', (change, status) => {
  expect(toExecutionStatus(row(change))).toBe(status);
});

test('created_at is the time of the id, and updated_at is never before it', () => {
  const early = row({ updatedAt: new Date(0) });
  const wire = toFlowExecutionWire(early);
  expect(wire.created_at).toBe(timeOfId(early.id).toISOString());
  expect(wire.updated_at).toBe(wire.created_at);
});
