import { type SqlBool, sql } from 'kysely';
import type { Principal } from '#access';
import { badRequest, type Id, notFound } from '#base';
import type { PlannedTask } from '#language';
import type { TenantTransaction } from '../flow-app.ts';
import type { VersionPlans } from '../version-plans.ts';
import { findSources, type SourceTaskExecutions } from './find-sources.ts';
import { findReport } from './reported-task.queries.ts';
import type { ReportedRow } from './reported-task.wire.ts';
import { findTaskExecution } from './task-execution.queries.ts';
import type { TaskExecutionRow } from './task-execution.wire.ts';

/** What a PUT is about: a row of the engine with the plan of its task, or a report. */
export type EditTarget = { flowId: Id; reexecutesOnUpdate: boolean } & (
  | { row: TaskExecutionRow; planned: PlannedTask | undefined; sources: SourceTaskExecutions | null }
  | { report: ReportedRow }
);

interface Place {
  id: Id;
  flow_execution_id: Id;
  task_name: string;
  task_execution_idx: number;
}

/**
 * Finds what the body names by its id. Throws not_found where the caller sees none, its execution is deleted, or it belongs to another execution;
 * bad_request where the name or the index is another's (core.md 4, PUT).
 */
export async function findEditTarget(tx: TenantTransaction, principal: Principal, plans: VersionPlans, place: Place): Promise<EditTarget> {
  const row = await findTaskExecution(tx, principal, place.id);
  const report = row ? undefined : await findReport(tx, principal, place.id);
  const found = row
    ? { flowExecutionId: row.executionId, taskName: row.taskName, index: row.item }
    : report && { flowExecutionId: report.flowExecutionId, taskName: report.taskName, index: report.taskExecutionIdx };
  if (!found || found.flowExecutionId !== place.flow_execution_id) throw notFound('Task execution', place.id);
  const flow = await findFlowOf(tx, principal, found.flowExecutionId);
  if (!flow) throw notFound('Task execution', place.id);
  if (found.taskName !== place.task_name || found.index !== place.task_execution_idx)
    throw badRequest(`The task execution is '${found.taskName}' ${found.index}; its task_name and task_execution_idx cannot be changed`);
  if (!row) return { ...flow, report: report as ReportedRow };
  const plan = (await plans.load(tx, principal, [row.flowVersionId])).get(row.flowVersionId);
  return { ...flow, row, planned: plan?.tasks[row.task], sources: plan ? findSources(plan, row.task, row.item) : null };
}

/** The flow of an execution that is not deleted, and whether its edits re-run what they make stale (core.md C17). */
function findFlowOf(
  tx: TenantTransaction,
  principal: Principal,
  executionId: Id,
): Promise<{ flowId: Id; reexecutesOnUpdate: boolean } | undefined> {
  return tx
    .selectFrom('flowExecutions as e')
    .innerJoin('flows', (join) => join.onRef('flows.organizationId', '=', 'e.organizationId').onRef('flows.id', '=', 'e.flowId'))
    .select(['e.flowId', sql<SqlBool>`coalesce(flows.settings ->> 'reexecute_on_update' = 'true', false)`.as('reexecutesOnUpdate')])
    .where('e.organizationId', '=', principal.organizationId)
    .where('e.id', '=', executionId)
    .where('e.deletedAt', 'is', null)
    .executeTakeFirst() as Promise<{ flowId: Id; reexecutesOnUpdate: boolean } | undefined>;
}
