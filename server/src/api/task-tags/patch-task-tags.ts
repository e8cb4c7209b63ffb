import type { Principal } from '#access';
import { badRequest, type Id, notFound } from '#base';
import type { ChangeEvent } from '#events';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp, TenantTransaction } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { applyTagOperations, type TagChanges } from './apply-tag-operations.ts';
import { insertTags, listTaggedExecutions, lockActiveTags, removeTags, type TaggedExecution } from './task-tag.queries.ts';
import { type OperationResult, PatchTaskTagsRequest, PatchTaskTagsResponse, type TagOperation } from './task-tag.wire.ts';

/**
 * PATCH /api/task-tags: adds and removes tags of tasks, in the order of the batch and all or none (core.md 7). What is there already, or not
 * there any more, is no error. Subscribers of the flow hear of each tag that changed, after the commit.
 */
export function patchTaskTags(app: FlowApp, deps: ApiDeps): void {
  app.patch(
    '/api/task-tags',
    {
      config: { operation: 'patch_task_tags' },
      schema: {
        tags: ['task-tags'],
        summary: 'Add and remove tags of tasks',
        body: PatchTaskTagsRequest,
        response: { 200: PatchTaskTagsResponse, ...errorResponses(400, 401, 403, 404, 422, 500) },
      },
    },
    async (request) => {
      const { principal, body } = request;
      const { results, events } = await request.tenant((tx) => changeTags(tx, principal, body.tags));
      if (events.length > 0) deps.events.publish(events);
      return { tags: results.map((status) => ({ status })) };
    },
  );
}

async function changeTags(
  tx: TenantTransaction,
  principal: Principal,
  operations: readonly TagOperation[],
): Promise<{ results: OperationResult[]; events: ChangeEvent[] }> {
  const executions = await readExecutions(tx, principal, operations);
  const places = operations.map((operation) => ({ flowExecutionId: operation.flow_execution_id, taskName: operation.task_name }));
  const changes = applyTagOperations(operations, await lockActiveTags(tx, principal.organizationId, places));
  const kept = await insertTags(tx, principal, changes.added);
  await removeTags(
    tx,
    principal,
    changes.removed.map(({ id }) => id),
  );
  for (const tag of changes.added) if (!kept.has(tag.id)) changes.results[tag.operation] = 'already_exists';
  return { results: changes.results, events: toEvents(principal.organizationId, executions, changes, kept) };
}

/** Every execution must be visible (404) and have every task that is named (400): nothing is written otherwise. */
async function readExecutions(
  tx: TenantTransaction,
  principal: Principal,
  operations: readonly TagOperation[],
): Promise<Map<Id, TaggedExecution>> {
  const ids = [...new Set(operations.map((operation) => operation.flow_execution_id))];
  const found = new Map((await listTaggedExecutions(tx, principal, ids)).map((execution) => [execution.id, execution]));
  for (const id of ids) if (!found.has(id)) throw notFound('Flow execution', id);
  const faults = operations.flatMap((operation, index) =>
    found.get(operation.flow_execution_id)?.taskNames.includes(operation.task_name)
      ? []
      : [
          {
            loc: ['body', 'tags', index, 'task_name'],
            msg: 'The flow of this run has no task of this name',
            type: 'value_error',
            input: operation.task_name,
          },
        ],
  );
  if (faults.length > 0) throw badRequest('A task is not in the definition that the run follows; see details', faults);
  return found;
}

function toEvents(
  organizationId: Id,
  executions: ReadonlyMap<Id, TaggedExecution>,
  changes: TagChanges,
  kept: ReadonlySet<Id>,
): ChangeEvent[] {
  const changed = [...changes.added.filter((tag) => kept.has(tag.id) && !tag.removed), ...changes.removed];
  return changed.map(({ id, flowExecutionId }) => ({
    type: 'task_tags.updated',
    organizationId,
    flowId: (executions.get(flowExecutionId) as TaggedExecution).flowId,
    flowExecutionId,
    id,
  }));
}
