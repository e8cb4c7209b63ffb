import type { FastifyRequest } from 'fastify';
import type { Principal } from '#access';
import { conflict, forbidden, type Id, type JsonObject, notFound } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { TenantTransaction } from '../flow-app.ts';
import type { ExecutionStatus } from '../wire/statuses.ts';
import {
  type FoundExecution,
  findLatestVersion,
  findTriggeredTask,
  findVisibleExecution,
  hideExecution,
  type LatestVersion,
} from './flow-execution.queries.ts';
import { toExecutionStatus } from './flow-execution.wire.ts';
import { chooseInputTask, type RunChecks } from './run-checks.ts';

/** What several operations do to a run alike: cancel it, hide it, run it again. Each throws not_found where the caller sees none. */

const ENDED: readonly ExecutionStatus[] = ['completed', 'failed', 'edited', 'stale'];

export async function getRun(request: FastifyRequest, id: Id): Promise<FoundExecution> {
  const row = await request.tenant((tx) => findVisibleExecution(tx, request.principal, id), { readOnly: true });
  if (!row) throw notFound('Flow execution', id);
  return row;
}

/** Asks for the end; asking again changes nothing. Throws conflict with {status} where it has ended otherwise. */
export async function cancelRun(request: FastifyRequest, deps: ApiDeps, id: Id): Promise<void> {
  const { principal } = request;
  const status = toExecutionStatus(await getRun(request, id));
  if (ENDED.includes(status)) throw conflict(`The run has ended (${status}); only one that has not can be cancelled`, { status });
  await deps.engine.cancel(principal.organizationId, id, principal.modifiedBy);
}

/** Hides it for good; again is no error. It goes on beneath, and what it made stays readable (core.md 1.7). */
export async function hideRun(request: FastifyRequest, deps: ApiDeps, id: Id): Promise<void> {
  const { principal } = request;
  const hidden = await request.tenant(async (tx) => {
    if (!(await findVisibleExecution(tx, principal, id, { includeDeleted: true }))) throw notFound('Flow execution', id);
    return hideExecution(tx, principal, id);
  });
  if (!hidden) return;
  const { organizationId } = principal;
  deps.events.publish([{ type: 'flow_execution.deleted', organizationId, flowId: hidden.flowId, flowExecutionId: id, id }]);
}

/** Runs it again under the flow's latest version, whole or only what is stale (core.md 3, POST execute). */
export async function rerunRun(
  request: FastifyRequest,
  deps: ApiDeps,
  checks: RunChecks,
  run: { id: Id; onlyStale: boolean },
): Promise<void> {
  const { principal } = request;
  const version = await request.tenant((tx) => prepareRerun(tx, principal, checks, run.id), { readOnly: true });
  await deps.engine.rerun(principal.organizationId, run.id, {
    onlyStale: run.onlyStale,
    actor: principal.modifiedBy,
    flowVersionId: version.flowVersionId,
    flowVersion: version.version,
  });
}

/** As on create: visible and not deleted (404), the role (403), the latest definition can run and takes the stored input (400). */
async function prepareRerun(tx: TenantTransaction, principal: Principal, checks: RunChecks, id: Id): Promise<LatestVersion> {
  const row = await findVisibleExecution(tx, principal, id);
  if (!row) throw notFound('Flow execution', id);
  const version = await findLatestVersion(tx, principal, row.flowId);
  if (!version) throw notFound('Flow', row.flowId);
  if (principal.role === 'publisher' && version.flowStatus !== 'published') throw forbidden('A publisher runs published flows only');
  const plan = await checks.plan(tx, principal, version);
  const triggered = await findTriggeredTask(tx, principal, id);
  const task = plan.inputTasks.length > 1 ? chooseInputTask(plan, triggered) : chooseInputTask(plan, undefined);
  await checks.input(tx, principal, task, row.input as JsonObject);
  return version;
}
