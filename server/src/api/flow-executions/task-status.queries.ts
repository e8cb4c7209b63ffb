import { sql } from 'kysely';
import type { Principal } from '#access';
import type { Id } from '#base';
import type { TenantTransaction } from '../flow-app.ts';
import { isOpenTo } from '../flows/visible-flows.ts';
import type { TaskStatusReport } from './task-status.wire.ts';

/** The names of the tasks of a version: gates are the engine's own. */
export async function listTaskNames(tx: TenantTransaction, organizationId: Id, flowVersionId: Id): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('flowVersionTasks')
    .select('name')
    .where('organizationId', '=', organizationId)
    .where('flowVersionId', '=', flowVersionId)
    .where('kind', '=', 'task')
    .execute();
  return new Set(rows.map(({ name }) => name));
}

/** Keeps each report as a row of its own: a history. */
export async function insertReports(tx: TenantTransaction, principal: Principal, reports: readonly TaskStatusReport[]): Promise<void> {
  const { organizationId, modifiedBy } = principal;
  await tx
    .insertInto('taskStatusReports')
    .values(reports.map((report) => ({ ...report, organizationId, modifiedBy })))
    .execute();
}

/** An open row, and what an outside worker has reported of it. */
export interface OpenRow {
  id: Id;
  output: unknown;
  error: unknown;
}

/** Every row of a task that is under way: waits for an event, for a worker, or runs. Index: task_executions_place. */
export async function listOpenRows(
  tx: TenantTransaction,
  organizationId: Id,
  place: { flowExecutionId: Id; flowVersionId: Id; taskName: string },
): Promise<OpenRow[]> {
  return tx
    .selectFrom('taskExecutions as t')
    .innerJoin('flowVersionTasks as v', (join) => join.onRef('v.organizationId', '=', 't.organizationId').onRef('v.task', '=', 't.task'))
    .leftJoin('reportedTaskExecutions as r', (join) =>
      join
        .onRef('r.organizationId', '=', 't.organizationId')
        .onRef('r.flowExecutionId', '=', 't.executionId')
        .onRef('r.taskName', '=', 'v.name')
        .onRef('r.taskExecutionIdx', '=', 't.item'),
    )
    .select(['t.id', 'r.output', 'r.error'])
    .where('t.organizationId', '=', organizationId)
    .where('t.executionId', '=', place.flowExecutionId)
    .where('t.status', 'in', ['ready', 'running', 'scheduled', 'awaiting_input'])
    .where('v.flowVersionId', '=', place.flowVersionId)
    .where('v.kind', '=', 'task')
    .where('v.name', '=', place.taskName)
    .orderBy('t.item')
    .execute();
}

/** These reports of one flow's executions, as far as the caller may see them. */
export async function listReportsById(
  tx: TenantTransaction,
  principal: Principal,
  which: { ids: readonly Id[]; flowId: Id },
): Promise<{ id: Id; taskName: string; processingStatus: string | null }[]> {
  return tx
    .selectFrom('taskStatusReports as r')
    .innerJoin('flowExecutions as e', (join) =>
      join.onRef('e.organizationId', '=', 'r.organizationId').onRef('e.id', '=', 'r.flowExecutionId'),
    )
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .select(['r.id', 'r.taskName', 'r.processingStatus'])
    .where('r.organizationId', '=', principal.organizationId)
    .where('r.id', '=', sql<Id>`any (${which.ids}::uuid[])`)
    .where('e.flowId', '=', which.flowId)
    .where(isOpenTo(principal))
    .execute();
}
