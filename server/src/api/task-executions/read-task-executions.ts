import type { Principal } from '#access';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { readOutput, type StoredOutputs } from '../stored-outputs.ts';
import type { VersionPlans } from '../version-plans.ts';
import { listTaskExecutions, type TaskExecutionFilters } from './task-execution.queries.ts';
import { type TaskExecutionRow, type TaskExecutionWire, toTaskExecutionWire } from './task-execution.wire.ts';

/** What reading task executions takes beside a transaction. */
export interface TaskExecutionSources extends StoredOutputs {
  plans: VersionPlans;
}

/** A page, newest first, with values that lie in the file store read. */
export async function readTaskExecutions(
  tx: TenantTransaction,
  principal: Principal,
  sources: TaskExecutionSources,
  filters: TaskExecutionFilters,
  page: { after?: Id | undefined; limit: number },
): Promise<TaskExecutionWire[]> {
  return toWire(tx, principal, sources, await listTaskExecutions(tx, principal, filters, page));
}

/** Rows as the wire has them. Needs their plans for one thing, the depth of a nested fan-out. */
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
    const depth = plans.get(row.flowVersionId)?.tasks[row.task]?.scope.length ?? 0;
    read.push(toTaskExecutionWire(row, { output: await readOutput(sources, row), depth })); // one at a time: each may be large
  }
  return read;
}
