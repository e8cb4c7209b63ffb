import { conflict, type Id, newId, notFound } from '#base';
import { announceCancels, cancelChildren } from './cancel-execution.ts';
import type { CompiledPlan } from './compile-plan.ts';
import type { EngineParts } from './engine-parts.ts';
import { type LockedExecution, lockExecution } from './lock-execution.ts';
import { storableJson } from './outcome.ts';
import { planFullRerun, planStaleRerun, type RerunPlan, type StoredRow } from './plan-rerun.ts';
import type { RunStatement } from './run-statement.ts';
import { type LimitedExecutors, laneOf } from './settle-parameters.ts';

export interface RerunOptions {
  onlyStale: boolean;
  /** With `onlyStale`: what failed stays failed, only what is outdated runs. */
  keepsFailed?: boolean;
  /** In the background: whatever else is ready, or queued, comes first. */
  isBackground?: boolean;
  actor: string;
  flowVersionId: Id;
  flowVersion: number;
}

/** Behind all that anybody has asked for; a later re-execution that somebody asks for is an ordinary one again. */
const BACKGROUND_RANK = 1_000;

const rankOf = (rank: number, { isBackground }: RerunOptions): number =>
  isBackground ? BACKGROUND_RANK : rank >= BACKGROUND_RANK ? 0 : rank;

interface Versions {
  before: CompiledPlan;
  after: CompiledPlan;
}

/**
 * Runs an execution again under the given version, in one transaction: exact, since it holds the execution against every settle. The rows that
 * it replaces go to task_execution_revisions; those that take their places have their ids. Sub-flows that they wait for are cancelled. A running
 * execution is restarted, what workers hold of it is fenced. With `onlyStale` good results are kept, and where nothing is left to run nothing changes. Throws not_found, or conflict while
 * it is being cancelled, or where the version lacks the input task that had been triggered.
 */
export async function rerunExecution(parts: EngineParts, organizationId: Id, executionId: Id, options: RerunOptions): Promise<void> {
  const found = (await parts.run<LockedExecution>('find-execution', [organizationId, executionId]))[0];
  if (found === undefined) throw notFound('Flow execution', executionId);
  const versions = await loadVersions(parts, organizationId, found, options); // before the lock: it may need a connection of its own
  const outcome = await parts.db.transaction(async (query) => {
    const run = parts.within(query);
    const locked = await lockExecution(run, organizationId, executionId);
    checkRerun(locked, found, executionId);
    return rerunLocked(run, parts.limited, { organizationId, execution: locked, versions, options });
  });
  if (outcome === undefined) return;
  announceCancels(parts, organizationId, outcome.children);
  announceRerun(parts, organizationId, found.flow_id, executionId, outcome.openedIds);
}

/** The same within a transaction that holds the execution by lock-execution. Undefined where there was nothing to run again, and nothing changed. */
export async function rerunLocked(
  run: RunStatement,
  limited: LimitedExecutors,
  locked: Omit<RerunWrite, 'rerun'>,
): Promise<{ openedIds: Id[]; children: LockedExecution[] } | undefined> {
  const { organizationId, execution, versions, options } = locked;
  const rerun = await decideRerun(run, organizationId, execution.id, versions, options);
  if (rerun.arrivals.length === 0) return undefined;
  const children = await cancelChildren(run, { organizationId, executionId: execution.id, actor: options.actor });
  return { ...(await writeRerun(run, limited, { ...locked, rerun })), children };
}

async function loadVersions(
  parts: EngineParts,
  organizationId: Id,
  execution: LockedExecution,
  { flowVersionId }: RerunOptions,
): Promise<Versions> {
  const before = await parts.plans.get(organizationId, execution.flow_version_id, execution.first_task);
  const trigger = before.tasks[before.first]?.planned.name ?? '';
  const after = await parts.plans.find(organizationId, flowVersionId, trigger);
  if (after === undefined)
    throw conflict(`The latest version of the flow has no input task '${trigger}', with which this execution was started`);
  return { before, after };
}

function checkRerun(locked: LockedExecution | undefined, found: LockedExecution, executionId: Id): asserts locked is LockedExecution {
  if (locked === undefined || locked.deleted_at !== null) throw notFound('Flow execution', executionId);
  if (locked.status === 'cancel_requested') throw conflict('The execution is being cancelled', { status: locked.status });
  if (locked.generation !== found.generation) throw conflict('The execution was re-executed at the same moment', { status: locked.status });
}

async function decideRerun(
  run: RunStatement,
  organizationId: Id,
  executionId: Id,
  versions: Versions,
  options: RerunOptions,
): Promise<RerunPlan> {
  const { before, after } = versions;
  const gates = before.tasks.filter(({ planned }) => planned.kind === 'gate').map(({ planned }) => planned.number);
  const rows = await run<StoredRow>('read-rows', [organizationId, executionId, gates]);
  return options.onlyStale
    ? planStaleRerun(rows, before, after, { keepsFailed: options.keepsFailed === true })
    : planFullRerun(rows, after);
}

interface RerunWrite {
  organizationId: Id;
  execution: LockedExecution;
  versions: Versions;
  options: RerunOptions;
  rerun: RerunPlan;
}

async function writeRerun(run: RunStatement, limited: LimitedExecutors, write: RerunWrite): Promise<{ openedIds: Id[] }> {
  const { organizationId, execution, rerun } = write;
  await replaceRows(run, write);
  if (rerun.renumbered.length > 0) {
    await run('park-rows', [organizationId, rerun.renumbered.map(({ id }) => id), rerun.renumbered.map(({ task }) => task)]);
  }
  await run('keep-rows', [organizationId, execution.id]);
  const [reopened] = await reopen(run, write);
  if (reopened === undefined) throw conflict('The execution cannot be restarted');
  const ranked = { id: execution.id, rank: rankOf(execution.rank, write.options) };
  const opened = { organizationId, execution: ranked, plan: write.versions.after, opened: rerun };
  return { openedIds: await openRows(run, limited, opened, reopened) };
}

async function replaceRows(run: RunStatement, { organizationId, versions, options, rerun }: RerunWrite): Promise<void> {
  const nameOf = ({ task }: StoredRow) => {
    const planned = versions.before.tasks[task]?.planned;
    return planned?.kind === 'task' ? planned.name : null;
  };
  await run('replace-rows', [
    organizationId,
    rerun.replaced.map(({ id }) => id),
    rerun.replaced.map(nameOf),
    rerun.replaced.map(() => newId()),
    options.actor,
  ]);
}

function reopen(run: RunStatement, write: RerunWrite): Promise<{ status: string; generation: number }[]> {
  const { organizationId, execution, versions, options, rerun } = write;
  const detail = { only_stale: options.onlyStale, flow_version: options.flowVersion, replaced: rerun.replaced.length };
  return run('reopen-execution', [
    organizationId,
    execution.id,
    options.flowVersionId,
    options.flowVersion,
    versions.after.first,
    versions.after.openEnds,
    rerun.open,
    rerun.failures,
    options.actor,
    newId(),
    JSON.stringify(detail),
    rankOf(execution.rank, options),
  ]);
}

export interface RowsToOpen {
  organizationId: Id;
  execution: Pick<LockedExecution, 'id' | 'rank'>;
  plan: CompiledPlan;
  opened: Pick<RerunPlan, 'arrivals' | 'decided'>;
}

interface OpenedRow {
  task: number;
  item: number;
  status: string | null;
  need: number;
  waiting: number;
  alive: number;
  skipped: number;
  failed: number;
  itemValue: string | undefined;
}

/** Rows to insert: those that run or wait, and those that the simulation has decided without running. */
function openedRows({ arrivals, decided }: RowsToOpen['opened']): OpenedRow[] {
  const open = arrivals.map((arrival) => ({ ...arrival, status: null, waiting: arrival.need + arrival.delta }));
  const done = decided.map((row) => ({ ...row, need: 1, waiting: 0, alive: 0, skipped: 0, failed: 0 }));
  return [...open, ...done];
}

/** Inserts the rows of a generation, under the ids that their places had. Answers the ids of those that users see. */
export async function openRows(
  run: RunStatement,
  limited: LimitedExecutors,
  { organizationId, execution, plan, opened }: RowsToOpen,
  reopened: { status: string; generation: number },
): Promise<Id[]> {
  const rows = openedRows(opened).map((row) => ({ ...row, planned: plan.tasks[row.task]?.planned }));
  const inserted = await run<{ id: Id; task: number }>('open-rows', [
    organizationId,
    execution.id,
    reopened.generation,
    reopened.status === 'running',
    rows.map(() => newId()),
    rows.map(({ task }) => task),
    rows.map(({ item }) => item),
    rows.map(({ status }) => status),
    rows.map(({ need }) => need),
    rows.map(({ waiting }) => waiting),
    rows.map(({ alive }) => alive),
    rows.map(({ skipped }) => skipped),
    rows.map(({ failed }) => failed),
    rows.map(({ itemValue }) => (itemValue === undefined ? null : storableJson(itemValue))),
    rows.map(({ planned }) => execution.rank + (planned?.rank ?? 0)),
    rows.map(({ planned }) => (planned === undefined ? '' : laneOf(planned, limited))),
    rows.map(({ planned }) => (planned?.kind === 'task' ? planned.name : null)),
  ]);
  return inserted.filter(({ task }) => plan.tasks[task]?.planned.kind === 'task').map(({ id }) => id);
}

export function announceRerun(parts: EngineParts, organizationId: Id, flowId: Id, executionId: Id, openedIds: readonly Id[]): void {
  const about = { organizationId, flowId, flowExecutionId: executionId };
  parts.events.publish([
    { ...about, type: 'flow_execution.updated', id: executionId },
    ...openedIds.map((id) => ({ ...about, type: 'task_execution.updated' as const, id })),
  ]);
  parts.events.announceWork();
}
