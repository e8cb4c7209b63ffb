// edit: a result that is there is replaced by another, and all that was made from it is outdated. In a run that has ended the outdated rows are marked
// stale, each with why, and run again when they are asked to; in one under way they are run again at once, and whoever works on them is fenced. One
// transaction that holds the execution against every settle and its rows against every claim.
import { conflict, type Id, type Json, newId, notFound } from '#base';
import type { ChangeEvent } from '#events';
import { announceCancels } from './cancel-execution.ts';
import type { CompiledPlan } from './compile-plan.ts';
import type { EngineParts } from './engine-parts.ts';
import { isSameResult, type StoredResult } from './is-same-result.ts';
import { type LockedExecution, lockExecution } from './lock-execution.ts';
import { storableJson } from './outcome.ts';
import { type EditableRow, type EditPlan, planEdit } from './plan-edit.ts';
import { hasWork, requeueRows } from './requeue-rows.ts';
import { rerunLocked } from './rerun-execution.ts';
import type { RunStatement } from './run-statement.ts';
import { isEditable, isEnded } from './states.ts';

/** A result as an edit brings it. Values are JSON text; with `outputKey` the output lies in the file store, and the row keeps the key. */
export type EditedResult =
  | { status: 'completed'; output: string; outputKey?: string | undefined; routes?: string[] | undefined }
  | { status: 'failed'; error: Json };

export interface TaskEdit {
  result: EditedResult;
  actor: string;
  /** Who says so: a person, whose edit is shown as one, or what ran the task, which reports late. */
  by: 'person' | 'worker';
  /** Run the outdated part again. */
  reexecute: boolean;
  input?: string | undefined;
  sourceTaskExecutions?: string | undefined;
  /** Refuse where somebody else has changed the result after this time (core.md C9). */
  seenAt?: Date | undefined;
  /** The key of a stored output that is known to equal the new one. */
  sameAsKey?: string | undefined;
}

export interface EditReport {
  /** False: the result was the same, nothing changed. */
  changed: boolean;
  /** Rows that are stale now, and rows that run again. */
  staleIds: Id[];
  reopenedIds: Id[];
}

interface FoundTask {
  execution_id: Id;
  flow_id: Id;
  flow_version_id: Id;
  first_task: number;
}

/**
 * Replaces the result of a task execution that is final. Throws not_found; conflict with {status} where it is not final, was skipped, or its execution
 * is being cancelled, and with {changed_by} where `seenAt` says that the edit was made of an older state.
 */
export async function editTask(parts: EngineParts, organizationId: Id, taskExecutionId: Id, edit: TaskEdit): Promise<EditReport> {
  const [found] = await parts.run<FoundTask>('find-task', [organizationId, taskExecutionId]);
  if (found === undefined) throw notFound('Task execution', taskExecutionId);
  const plan = await parts.plans.get(organizationId, found.flow_version_id, found.first_task); // before the lock: it may need a connection of its own
  const { report, cancelled } = await parts.db.transaction(async (query) => {
    const run = parts.within(query);
    const execution = await lockExecution(run, organizationId, found.execution_id);
    checkExecution(execution, found, taskExecutionId);
    const transaction = new EditInTransaction(run, parts, { organizationId, taskExecutionId, execution, plan, edit });
    return { report: await transaction.write(), cancelled: transaction.cancelled };
  });
  announceCancels(parts, organizationId, cancelled);
  announceEdit(parts, organizationId, found, [taskExecutionId, ...report.staleIds, ...report.reopenedIds], report);
  return report;
}

function checkExecution(execution: LockedExecution | undefined, found: FoundTask, id: Id): asserts execution is LockedExecution {
  if (execution === undefined) throw notFound('Task execution', id);
  if (execution.status === 'cancel_requested') throw conflict('The execution is being cancelled', { status: execution.status });
  if (execution.flow_version_id !== found.flow_version_id || execution.first_task !== found.first_task)
    throw conflict('The execution was re-executed at the same moment', { status: execution.status });
}

interface EditTarget {
  organizationId: Id;
  taskExecutionId: Id;
  execution: LockedExecution;
  plan: CompiledPlan;
  edit: TaskEdit;
}

/** Steps of one edit that share its transaction. */
class EditInTransaction {
  /** Sub-flows that what runs again had waited for. */
  readonly cancelled: LockedExecution[] = [];
  readonly #run: RunStatement;
  readonly #parts: EngineParts;
  readonly #target: EditTarget;

  constructor(run: RunStatement, parts: EngineParts, target: EditTarget) {
    this.#run = run;
    this.#parts = parts;
    this.#target = target;
  }

  async write(): Promise<EditReport> {
    const { edit, execution } = this.#target;
    const rows = await this.#lockRows();
    const row = rows.find(({ id }) => id === this.#target.taskExecutionId);
    const stored = await this.#readResult();
    if (row === undefined || stored === undefined) throw notFound('Task execution', this.#target.taskExecutionId);
    checkRow(row, stored, edit);
    if (isSameResult(stored, edit)) {
      const hasStale = rows.some(({ stale_status }) => stale_status === 'stale');
      return { changed: false, staleIds: [], reopenedIds: edit.reexecute && hasStale ? await this.#rerun() : [] };
    }
    const planned = this.#plan(rows, row);
    await this.#editRow(row, planned);
    if (!isEnded(execution.status)) return this.#requeue(planned);
    const staleIds = await this.#markStale(row, planned);
    await this.#sumUp(planned, undefined);
    return { changed: true, staleIds, reopenedIds: edit.reexecute && planned.downstream.length > 0 ? await this.#rerun() : [] };
  }

  #lockRows(): Promise<EditableRow[]> {
    const { organizationId, execution, plan } = this.#target;
    const gates = plan.tasks.filter(({ planned }) => planned.kind === 'gate').map(({ planned }) => planned.number);
    return this.#run<EditableRow>('lock-rows', [organizationId, execution.id, gates]);
  }

  async #readResult(): Promise<StoredResult | undefined> {
    return (await this.#run<StoredResult>('read-result', [this.#target.organizationId, this.#target.taskExecutionId]))[0];
  }

  /** What a worker reports of a cancelled run is recorded and outdates nothing. */
  #plan(rows: readonly EditableRow[], row: EditableRow): EditPlan {
    const { execution, plan, edit } = this.#target;
    const isUnderWay = !isEnded(execution.status);
    const planned = planEdit(plan, rows, row, { status: edit.result.status, routes: this.#routes(row) }, { isUnderWay });
    return edit.by === 'worker' && execution.status === 'cancelled' ? { ...planned, downstream: [] } : planned;
  }

  /** Where an edit says nothing of routes, the output may (as of an event that settles a waiting task); else those that were taken stay. */
  #routes(row: EditableRow): string[] | undefined {
    const { plan, edit } = this.#target;
    const { result } = edit;
    if (result.status !== 'completed') return undefined;
    return result.routes ?? plan.tasks[row.task]?.planned.eventRoutes?.(JSON.parse(result.output) as Json) ?? row.routes ?? undefined;
  }

  async #editRow(row: EditableRow, planned: EditPlan): Promise<void> {
    const { organizationId, execution, plan, edit } = this.#target;
    const { result } = edit;
    const routes = this.#routes(row);
    const generation = execution.generation + Number(planned.requeue?.opensGeneration === true);
    const detail = { by: edit.by, downstream: planned.downstream.length, reexecute: edit.reexecute };
    await this.#run('edit-task', [
      organizationId,
      row.id,
      plan.tasks[row.task]?.planned.name,
      newId(),
      newId(),
      edit.actor,
      result.status,
      result.status === 'completed' && result.outputKey === undefined ? storableJson(result.output) : null,
      result.status === 'completed' ? (result.outputKey ?? null) : null,
      result.status === 'failed' ? storableJson(JSON.stringify(result.error)) : null,
      this.#editedStatus(planned),
      edit.input === undefined ? null : storableJson(edit.input),
      edit.sourceTaskExecutions === undefined ? null : storableJson(edit.sourceTaskExecutions),
      JSON.stringify(detail),
      routes === undefined ? null : JSON.stringify(routes),
      generation,
    ]);
  }

  /** What follows has run again, runs again in this transaction, or is nothing. A re-execution of what is stale says so itself. */
  #editedStatus({ downstream }: EditPlan): string {
    const { edit, execution } = this.#target;
    if (edit.by === 'worker') return 'not_edited';
    return edit.reexecute && (downstream.length === 0 || !isEnded(execution.status)) ? 'edited_reexecuted' : 'edited_not_reexecuted';
  }

  async #markStale(row: EditableRow, { downstream }: EditPlan): Promise<Id[]> {
    const { organizationId, plan, edit } = this.#target;
    if (downstream.length === 0) return [];
    const reason = {
      task_name: plan.tasks[row.task]?.planned.name,
      task_execution_idx: Number(row.item),
      kind: edit.by === 'person' ? 'upstream_edited' : 'upstream_reported',
      at: new Date().toISOString(),
    };
    await this.#run('mark-stale', [organizationId, downstream.map(({ id }) => id), JSON.stringify(reason)]);
    return downstream.filter(({ task }) => plan.tasks[task]?.planned.kind === 'task').map(({ id }) => id);
  }

  async #requeue(planned: EditPlan): Promise<EditReport> {
    const { organizationId, execution, plan, edit } = this.#target;
    const { requeue, downstream } = planned;
    const about = { organizationId, execution, plan, actor: edit.actor };
    const requeued = requeue && (await requeueRows(this.#run, this.#parts.limited, { ...about, requeue, downstream }));
    this.cancelled.push(...(requeued?.children ?? []));
    await this.#sumUp(planned, requeue?.open);
    return { changed: true, staleIds: [], reopenedIds: requeued?.openedIds ?? [] };
  }

  async #sumUp({ failureDelta, requeue }: EditPlan, open: number | undefined): Promise<void> {
    const { organizationId, execution, edit } = this.#target;
    const failures = requeue?.failures ?? execution.failures + failureDelta;
    await this.#run('sum-edits', [organizationId, execution.id, edit.actor, open ?? null, failures, hasWork(requeue), newId()]);
  }

  async #rerun(): Promise<Id[]> {
    const { organizationId, execution, plan, edit } = this.#target;
    const { flow_version_id: flowVersionId, flow_version: flowVersion } = execution;
    const options = { onlyStale: true, keepsFailed: true, actor: edit.actor, flowVersionId, flowVersion };
    const rerun = { organizationId, execution, versions: { before: plan, after: plan }, options };
    const rerunning = await rerunLocked(this.#run, this.#parts.limited, rerun);
    this.cancelled.push(...(rerunning?.children ?? []));
    return rerunning?.openedIds ?? [];
  }
}

function checkRow(row: EditableRow, stored: StoredResult, { actor, seenAt }: TaskEdit): void {
  if (!isEditable(row.status)) throw conflict('The task has no result that could be replaced', { status: row.status });
  const isOlder = seenAt !== undefined && stored.changed_at.getTime() > seenAt.getTime();
  if (isOlder && stored.modified_by !== actor)
    throw conflict('The task execution was changed since it was read', { changed_by: stored.modified_by });
}

function announceEdit(parts: EngineParts, organizationId: Id, found: FoundTask, taskIds: readonly Id[], report: EditReport): void {
  if (!report.changed && report.reopenedIds.length === 0) return;
  const about = { organizationId, flowId: found.flow_id, flowExecutionId: found.execution_id };
  parts.events.publish([
    { ...about, type: 'flow_execution.updated', id: found.execution_id },
    ...[...new Set(taskIds)].map((id): ChangeEvent => ({ ...about, type: 'task_execution.updated', id })),
  ]);
  if (report.reopenedIds.length > 0) parts.events.announceWork();
}
