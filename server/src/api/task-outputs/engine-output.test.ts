import { describe, expect, test } from 'vitest';
import { newId, timeOfId } from '#base';
import { type OutputRow, toEmptyOutput, toEngineOutput } from './engine-output.ts';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, seconds));
const row = (change: Partial<OutputRow> = {}): OutputRow => ({
  organizationId: newId(),
  id: newId(),
  executionId: newId(),
  flowVersionId: newId(),
  flowVersion: 3,
  taskName: 'read',
  kind: 'task',
  task: 1,
  item: 0,
  status: 'completed',
  executionStatus: 'running',
  attempt: 1,
  readyAt: at(0),
  startedAt: at(1),
  completedAt: at(3),
  input: null,
  output: null,
  outputKey: null,
  error: null,
  summary: null,
  editedStatus: 'not_edited',
  staleStatus: 'consistent',
  modifiedBy: 'system',
  ...change,
});
const single = { depth: 0, onItemFailure: 'fail' } as const;
const fanOut = { depth: 1, onItemFailure: 'fail' } as const;

/** Statuses of the items → the status of the task. */
describe('the status of a task', () => {
  const statusOf = (
    statuses: OutputRow['status'][],
    place: { depth: number; onItemFailure: 'fail' | 'continue' },
    executionStatus = 'running',
  ) => {
    const rows = statuses.map((status, item) => row({ status, item, executionStatus })) as [OutputRow, ...OutputRow[]];
    return toEngineOutput(rows, [], place).processingStatus;
  };

  test.each([
    [['ready'], 'queued'],
    [['scheduled'], 'queued'],
    [['running'], 'running'],
    [['awaiting_input'], 'awaiting_input'],
    [['completed'], 'completed'],
    [['failed'], 'failed'],
    [['skipped'], 'completed'],
    [['cancelled'], 'cancelled'],
    [['ready', 'ready'], 'queued'],
    [['completed', 'ready'], 'running'],
    [['failed', 'running'], 'running'],
    [['running', 'awaiting_input'], 'awaiting_input'],
    [['completed', 'completed'], 'completed'],
    [['completed', 'failed', 'completed'], 'failed'],
    [['completed', 'cancelled'], 'cancelled'],
    [['failed', 'cancelled'], 'failed'],
    [['completed', 'skipped'], 'completed'],
  ] as const)('%j is %s', (statuses, expected) => {
    expect(statusOf([...statuses], statuses.length > 1 ? fanOut : single)).toBe(expected);
  });

  test('a failed item that is tolerated leaves the task completed', () => {
    expect(statusOf(['completed', 'failed'], { depth: 1, onItemFailure: 'continue' })).toBe('completed');
  });

  test('while cancellation is requested, so it is of what is open', () => {
    expect(statusOf(['running'], single, 'cancel_requested')).toBe('cancel_requested');
    expect(statusOf(['completed'], single, 'cancel_requested')).toBe('completed');
  });
});

describe('the output of a task', () => {
  test('of one that runs once is its value, with what the executor says of it and the counts', () => {
    const only = row({ summary: { pages: 2, items: 'not ours' } });
    const output = toEngineOutput([only], [{ text: 'hello' }], single);
    expect(output).toMatchObject({
      id: only.id,
      taskName: 'read',
      flowVersion: 3,
      output: { text: 'hello' },
      summary: { pages: 2, items: 1, completed: 1, failed: 0, duration_seconds: 2 },
      createdAt: timeOfId(only.id),
      modifiedBy: 'system',
    });
    expect(output).not.toHaveProperty('skipped');
  });

  test('of a fan-out is the list by item, null where an item has no output', () => {
    const rows: [OutputRow, ...OutputRow[]] = [
      row({ item: 0, startedAt: at(1), completedAt: at(2) }),
      row({ item: 1, status: 'failed', error: { message: 'unreadable', code: 'bad_pdf' }, completedAt: at(9) }),
      row({ item: 3, status: 'skipped', startedAt: null, completedAt: at(2) }),
    ];
    const output = toEngineOutput(rows, ['a', 'partial', null], fanOut);
    expect(output.output).toEqual(['a', null, null, null]);
    expect(output.summary).toEqual({ items: 3, completed: 1, failed: 1, skipped: 1, duration_seconds: 8 });
    expect(output.error).toEqual({ message: 'unreadable', code: 'bad_pdf' });
    expect(output.id).toBe(rows[0].id);
  });

  test('of a fan-out over one item is a list, too', () => {
    expect(toEngineOutput([row()], ['a'], fanOut).output).toEqual(['a']);
  });

  test('of a nested fan-out is a list of lists', () => {
    const level = 2 ** 17;
    const rows: [OutputRow, ...OutputRow[]] = [row({ item: 0 }), row({ item: 1 }), row({ item: 2 * level + 1 })];
    expect(toEngineOutput(rows, ['a', 'b', 'c'], { depth: 2, onItemFailure: 'fail' }).output).toEqual([['a', 'b'], [], [null, 'c']]);
  });

  test('of a failed one keeps the value that it could save', () => {
    const output = toEngineOutput([row({ status: 'failed', error: { message: 'no' } })], [{ partial: true }], single);
    expect(output.output).toEqual({ partial: true });
  });

  test('has no duration while it runs, or where it never started', () => {
    expect(toEngineOutput([row({ status: 'running', completedAt: null })], [], single).summary).toMatchObject({ duration_seconds: null });
    expect(toEngineOutput([row({ status: 'cancelled', startedAt: null })], [], single).summary).toMatchObject({ duration_seconds: null });
  });

  test('is skipped where every item was', () => {
    expect(toEngineOutput([row({ status: 'skipped' })], [null], single)).toMatchObject({
      skipped: true,
      output: null,
      processingStatus: 'completed',
    });
    expect(toEngineOutput([row({ status: 'skipped' })], [null], fanOut)).toMatchObject({ skipped: true, output: null });
  });

  test('is edited or stale where any item is, and names who changed it', () => {
    const editor = newId();
    const rows: [OutputRow, ...OutputRow[]] = [
      row(),
      row({ item: 1, editedStatus: 'edited_reexecuted', modifiedBy: editor, staleStatus: 'stale' }),
    ];
    expect(toEngineOutput(rows, [], fanOut)).toMatchObject({ editedStatus: 'edited', staleStatus: 'stale', modifiedBy: editor });
  });

  test.each([
    ['completed', { output: [], processingStatus: 'completed', summary: { items: 0, completed: 0, failed: 0 } }],
    ['skipped', { output: null, processingStatus: 'completed', skipped: true }],
    ['cancelled', { output: null, processingStatus: 'cancelled' }],
    ['failed', { output: null, processingStatus: 'failed', error: { message: 'no list' } }],
  ] as const)('of a fan-out without items, whose gate is %s', (status, expected) => {
    const gate = row({ kind: 'gate', status, error: status === 'failed' ? { message: 'no list' } : null });
    expect(toEmptyOutput(gate)).toMatchObject({ ...expected, id: gate.id });
  });
});
