import { timeOfId } from '#base';
import { itemPath } from '#engine';
import { type TaskExecutionRow, toProcessingStatus, toUpdatedAt } from '../task-executions/task-execution.wire.ts';
import type { ProcessingStatus } from '../wire/statuses.ts';
import type { TaskOutputRecord } from './task-output.wire.ts';

/** A row of the engine with what its output needs beside the wire's task execution. */
export interface OutputRow extends TaskExecutionRow {
  kind: 'task' | 'gate';
  flowVersion: number;
  summary: unknown;
}

/** What the plan says of the task. */
export interface OutputPlace {
  /** Fan-outs around it: its output is then a list. */
  depth: number;
  /** `continue`: a failed item does not fail the task. */
  onItemFailure: 'fail' | 'continue';
}

const ENDED = new Set<OutputRow['status']>(['completed', 'failed', 'skipped', 'cancelled']);

/**
 * The task's status, of those of its items (core.md G8): while any is open it waits or runs; then any failure that is not tolerated fails it,
 * any item that never ran makes it cancelled.
 */
function toStatus(rows: readonly OutputRow[], place: OutputPlace): ProcessingStatus {
  const open = rows.filter((row) => !ENDED.has(row.status));
  if (open.length > 0) return openStatus(open, rows);
  const has = (status: OutputRow['status']) => rows.some((row) => row.status === status);
  if (has('failed') && (place.onItemFailure === 'fail' || place.depth === 0)) return 'failed';
  if (has('cancelled')) return 'cancelled';
  return 'completed';
}

function openStatus(open: readonly OutputRow[], rows: readonly OutputRow[]): ProcessingStatus {
  const words = new Set(open.map(toProcessingStatus));
  if (words.has('cancel_requested')) return 'cancel_requested';
  if (words.has('awaiting_input')) return 'awaiting_input';
  return words.has('running') || open.length < rows.length ? 'running' : 'queued';
}

const count = (rows: readonly OutputRow[], status: OutputRow['status']) => rows.filter((row) => row.status === status).length;

/** From the first start to the last end; null while it runs, or where nothing ran. */
function toDurationSeconds(rows: readonly OutputRow[]): number | null {
  if (rows.some((row) => !ENDED.has(row.status))) return null;
  const started = rows.flatMap((row) => row.startedAt?.getTime() ?? []);
  const completed = rows.flatMap((row) => row.completedAt?.getTime() ?? []);
  return started.length === 0 || completed.length === 0 ? null : (Math.max(...completed) - Math.min(...started)) / 1000;
}

/** What the executor says of a task that runs once, and the counts, which are always ours. */
function toSummary(rows: readonly OutputRow[], place: OutputPlace): Record<string, unknown> {
  const [first] = rows;
  const own = place.depth === 0 && typeof first?.summary === 'object' ? first.summary : {};
  const skipped = count(rows, 'skipped');
  return {
    ...own,
    items: rows.length,
    completed: count(rows, 'completed'),
    failed: count(rows, 'failed'),
    ...(skipped > 0 ? { skipped } : {}),
    duration_seconds: toDurationSeconds(rows),
  };
}

type NestedList = unknown[];

/** The values by their index at each level, null where there is none. */
function toList(rows: readonly OutputRow[], values: readonly unknown[], depth: number): NestedList {
  const list: NestedList = [];
  rows.forEach((row, i) => {
    const path = itemPath(row.item, depth);
    const last = path.pop() as number;
    const inner = path.reduce<NestedList>((at, index) => {
      at[index] ??= [];
      return at[index] as NestedList;
    }, list);
    inner[last] = row.status === 'completed' ? (values[i] ?? null) : null;
  });
  return withoutHoles(list, depth);
}

const withoutHoles = (list: NestedList, depth: number): NestedList =>
  Array.from(list, (value) => (depth > 1 ? withoutHoles((value as NestedList | undefined) ?? [], depth - 1) : (value ?? null)));

const latest = (times: readonly Date[]): Date => new Date(times.reduce((at, time) => Math.max(at, time.getTime()), 0));

/** The one output of a task in an execution, made of its rows in order of item; `values` are their outputs, wherever these lie. */
export function toEngineOutput(
  rows: readonly [OutputRow, ...OutputRow[]],
  values: readonly unknown[],
  place: OutputPlace,
): TaskOutputRecord {
  const [head] = rows;
  const isSkipped = rows.every((row) => row.status === 'skipped');
  const failed = rows.find((row) => row.status === 'failed');
  const processingStatus = toStatus(rows, place);
  const [value] = values;
  return {
    organizationId: head.organizationId,
    id: head.id,
    flowExecutionId: head.executionId,
    taskName: head.taskName,
    summary: toSummary(rows, place),
    output: place.depth > 0 && !isSkipped ? toList(rows, values, place.depth) : head.status === 'skipped' ? null : value,
    tags: null,
    error: processingStatus === 'failed' ? (failed?.error ?? null) : null,
    processingStatus,
    editedStatus: rows.some((row) => row.editedStatus !== 'not_edited') ? 'edited' : 'not_edited',
    staleStatus: rows.some((row) => row.staleStatus === 'stale') ? 'stale' : 'consistent',
    inProgress: false,
    ...(isSkipped ? { skipped: true } : {}),
    flowVersion: head.flowVersion,
    modifiedBy: rows.find((row) => row.modifiedBy !== 'system')?.modifiedBy ?? 'system',
    createdAt: timeOfId(head.id),
    updatedAt: latest(rows.map(toUpdatedAt)),
  };
}

/** The output of a task whose fan-out has no items: what its gate became (an empty list, skipped, or failed because there was no list). */
export function toEmptyOutput(gate: OutputRow): TaskOutputRecord {
  const isSkipped = gate.status === 'skipped';
  return {
    ...toEngineOutput([gate], [null], { depth: 0, onItemFailure: 'fail' }),
    summary: { items: 0, completed: 0, failed: 0, duration_seconds: toDurationSeconds([gate]) },
    output: gate.status === 'completed' ? [] : null,
    ...(isSkipped ? { skipped: true } : {}),
  };
}
