import fc from 'fast-check';
import { expect, test } from 'vitest';
import { newId } from '#base';
import { type OutputRow, toEngineOutput } from './engine-output.ts';
import { hasStatus, readStatusFilter, toStatusCandidates } from './output-status-filter.ts';
import { STATUS_WORDS } from './task-output.wire.ts';

const words = [...STATUS_WORDS, 'skipped'];
const rowStatuses = ['ready', 'running', 'completed', 'failed', 'awaiting_input', 'skipped', 'cancelled', 'scheduled'] as const;

const rowOf = (change: Partial<OutputRow>): OutputRow => ({
  organizationId: newId(),
  id: newId(),
  executionId: newId(),
  flowVersionId: newId(),
  flowVersion: 1,
  taskName: 't',
  kind: 'task',
  task: 0,
  item: 0,
  status: 'completed',
  executionStatus: 'running',
  attempt: 1,
  readyAt: new Date(),
  startedAt: null,
  completedAt: null,
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

const aRow = fc.record({
  status: fc.constantFrom(...rowStatuses),
  staleStatus: fc.constantFrom('consistent' as const, 'stale' as const),
  editedStatus: fc.constantFrom('not_edited' as const, 'edited_reexecuted' as const),
});

test('the database lets every output through that has the status', () => {
  fc.assert(
    fc.property(
      fc.array(aRow, { minLength: 1, maxLength: 4 }),
      fc.constantFrom('running', 'cancel_requested'),
      fc.constantFrom('fail' as const, 'continue' as const),
      fc.subarray(words, { minLength: 1 }),
      (changes, executionStatus, onItemFailure, asked) => {
        const rows = changes.map((change, item) => rowOf({ ...change, item, executionStatus })) as [OutputRow, ...OutputRow[]];
        const depth = rows.length > 1 ? 1 : 0;
        const output = toEngineOutput(rows, [], { depth, onItemFailure });
        const { rows: statuses, stale, edited } = toStatusCandidates(new Set(asked));
        const isCandidate = rows.some(
          (row) => statuses.includes(row.status) || (stale && row.staleStatus === 'stale') || (edited && row.editedStatus !== 'not_edited'),
        );
        expect(isCandidate || !hasStatus(output, new Set(asked))).toBe(true);
      },
    ),
    { numRuns: 2_000 },
  );
});

test('a word of no vocabulary is refused with the list', () => {
  expect(() => readStatusFilter(['completed', 'done'])).toThrow(/Unknown status 'done'; the words are queued, /);
  expect(readStatusFilter([])).toBeUndefined();
  expect(readStatusFilter(undefined)).toBeUndefined();
});
