import type { Principal } from '#access';
import type { Id } from '#base';
import type { ChangeEvent } from '#events';
import type { TenantTransaction } from '../flow-app.ts';
import { listVisibleExecutions } from '../flow-executions/flow-execution.queries.ts';
import { toExecutionStatus } from '../flow-executions/flow-execution.wire.ts';
import { listReportsById } from '../flow-executions/task-status.queries.ts';
import { listTaskExecutionsById } from '../task-executions/task-execution.queries.ts';
import { toProcessingStatus } from '../task-executions/task-execution.wire.ts';
import { type OutputSources, readTaskOutputs } from '../task-outputs/read-task-outputs.ts';
import { listTagsById } from '../task-tags/task-tag.queries.ts';
import { toTaskTagWire } from '../task-tags/task-tag.wire.ts';
import type { ChangeState } from './change.wire.ts';

/** Whose eyes, on which flow or run of it, and whether it wants summaries. */
export interface Watcher {
  principal: Principal;
  flowId: Id;
  /** Only this run, where it is set. */
  flowExecutionId?: Id | undefined;
  wantsSummaries: boolean;
}

const idsOf = (events: readonly ChangeEvent[], prefix: string): Id[] => [
  ...new Set(events.filter((event) => event.type.startsWith(prefix)).map((event) => event.id)),
];

/**
 * The present states of changed objects, by id, as the watcher may see them; what it may not, or what is no longer there, is absent. At most
 * one query a kind of object, and two more for outputs.
 */
export async function readChanges(tx: TenantTransaction, watcher: Watcher, events: readonly ChangeEvent[]): Promise<Map<Id, ChangeState>> {
  return new Map([
    ...(await readExecutions(tx, watcher, idsOf(events, 'flow_execution.'))),
    ...(await readTasks(tx, watcher, idsOf(events, 'task_execution.'))),
    ...(await readTags(tx, watcher, idsOf(events, 'task_tags.'))),
    ...(await readReports(tx, watcher, idsOf(events, 'task_status.'))),
  ]);
}

/** As `readChanges`, for task outputs: one that the engine makes has the id of a task execution, so they have a map of their own. */
export async function readOutputChanges(
  tx: TenantTransaction,
  watcher: Watcher,
  sources: OutputSources,
  events: readonly ChangeEvent[],
): Promise<Map<Id, ChangeState>> {
  const ids = idsOf(events, 'task_output.');
  if (ids.length === 0) return new Map();
  const page = { limit: ids.length, withValues: false };
  const records = await readTaskOutputs(tx, watcher.principal, sources, { ids, flowId: watcher.flowId }, page);
  return new Map(
    records.map((record) => [
      record.id,
      {
        task_name: record.taskName,
        status: record.processingStatus,
        data: {
          id: record.id,
          processing_status: record.processingStatus,
          edited_status: record.editedStatus,
          stale_status: record.staleStatus,
          ...(watcher.wantsSummaries ? { summary: record.summary ?? null } : {}),
        },
      },
    ]),
  );
}

async function readExecutions(tx: TenantTransaction, watcher: Watcher, ids: Id[]): Promise<[Id, ChangeState][]> {
  const rows = ids.length === 0 ? [] : await listVisibleExecutions(tx, watcher.principal, { ids, flowId: watcher.flowId });
  return rows.map((row) => {
    const status = toExecutionStatus(row);
    return [row.id, { status, data: { id: row.id, status, flow_version: row.flowVersion } }];
  });
}

async function readTasks(tx: TenantTransaction, watcher: Watcher, ids: Id[]): Promise<[Id, ChangeState][]> {
  const rows = ids.length === 0 ? [] : await listTaskExecutionsById(tx, watcher.principal, { ids, flowId: watcher.flowId });
  return rows.map((row) => {
    const status = toProcessingStatus(row);
    const data = {
      id: row.id,
      processing_status: status,
      edited_status: row.editedStatus,
      stale_status: row.staleStatus,
      attempt: row.attempt,
      ...(watcher.wantsSummaries ? { summary: row.summary ?? null } : {}),
    };
    return [row.id, { task_name: row.taskName, task_execution_idx: row.item, status, data }];
  });
}

/** The tag itself is for watchers of summaries: the others know that there is one, and whether it still is. */
async function readTags(tx: TenantTransaction, watcher: Watcher, ids: Id[]): Promise<[Id, ChangeState][]> {
  const rows = ids.length === 0 ? [] : await listTagsById(tx, watcher.principal, { ids, flowId: watcher.flowId });
  return rows.map((row) => {
    const { id, status } = row;
    return [
      id,
      { task_name: row.taskName, status, data: { id, status, ...(watcher.wantsSummaries ? { summary: toTaskTagWire(row) } : {}) } },
    ];
  });
}

/** A report that was no news has no status of its own. */
async function readReports(tx: TenantTransaction, watcher: Watcher, ids: Id[]): Promise<[Id, ChangeState][]> {
  const rows = ids.length === 0 ? [] : await listReportsById(tx, watcher.principal, { ids, flowId: watcher.flowId });
  return rows.map(({ id, taskName, processingStatus }) => {
    const status = processingStatus ?? 'unknown';
    return [id, { task_name: taskName, status, data: { id, processing_status: processingStatus } }];
  });
}
