import type { Principal } from '#access';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { readOutput, type StoredOutputs } from '../stored-outputs.ts';
import type { VersionPlans } from '../version-plans.ts';
import { findSources } from './find-sources.ts';
import { findReport, listReports } from './reported-task.queries.ts';
import { toReportWire } from './reported-task.wire.ts';
import { findTaskExecution, listTaskExecutions, type TaskExecutionFilters } from './task-execution.queries.ts';
import { type TaskExecutionRow, type TaskExecutionWire, toTaskExecutionWire } from './task-execution.wire.ts';

/** What reading task executions takes beside a transaction. */
export interface TaskExecutionSources extends StoredOutputs {
  plans: VersionPlans;
}

/** A page of the union of the engine's rows and of reports, newest first, with values that lie in the file store read. */
export async function readTaskExecutions(
  tx: TenantTransaction,
  principal: Principal,
  sources: TaskExecutionSources,
  filters: TaskExecutionFilters,
  page: { after?: Id | undefined; limit: number },
): Promise<TaskExecutionWire[]> {
  const rows = await listTaskExecutions(tx, principal, filters, page);
  const reports = await listReports(tx, principal, filters, page);
  const last = [...rows, ...reports].map(({ id }) => id).sort((a, b) => (a < b ? 1 : -1))[page.limit - 1] ?? '';
  const tasks = await toWire(
    tx,
    principal,
    sources,
    rows.filter(({ id }) => id >= last),
  );
  return [...tasks, ...reports.filter(({ id }) => id >= last).map(toReportWire)].sort((a, b) => (a.id < b.id ? 1 : -1));
}

/** One task execution, whoever tells of it; undefined where the caller sees none of that id. */
export async function readTaskExecution(
  tx: TenantTransaction,
  principal: Principal,
  sources: TaskExecutionSources,
  id: Id,
): Promise<TaskExecutionWire | undefined> {
  const row = await findTaskExecution(tx, principal, id);
  if (row) return (await toWire(tx, principal, sources, [row]))[0];
  const report = await findReport(tx, principal, id);
  return report && toReportWire(report);
}

/** Rows as the wire has them. Needs their plans for the depth of a nested fan-out, and for where passed data come from. */
export async function toWire(
  tx: TenantTransaction,
  principal: Principal,
  sources: TaskExecutionSources,
  rows: readonly TaskExecutionRow[],
): Promise<TaskExecutionWire[]> {
  const plans = await sources.plans.load(
    tx,
    principal,
    rows.map((row) => row.flowVersionId),
  );
  const read: TaskExecutionWire[] = [];
  for (const row of rows) {
    const plan = plans.get(row.flowVersionId);
    const planned = { depth: plan?.tasks[row.task]?.scope.length ?? 0, sources: plan ? findSources(plan, row.task, row.item) : null };
    read.push(toTaskExecutionWire(row, { output: await readOutput(sources, row), ...planned })); // one at a time: each may be large
  }
  return read;
}
