import { Type } from 'typebox';
import type { Json } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { AnyJson, errorResponses } from '../wire/index.ts';
import { ExternalTaskReceipt, LeaseToken, TaskPath } from './external-task.wire.ts';

const CompleteRequest = Type.Object(
  { lease_token: LeaseToken, output: AnyJson({ description: 'The output of the task, whatever its form' }) },
  { title: 'ExternalTaskCompletion', additionalProperties: false },
);

/** POST /api/external-tasks/{task_execution_id}/complete: the worker's output settles the task, and the run goes on. 409 for a stale token. */
export function completeExternalTask(app: FlowApp, deps: ApiDeps): void {
  app.post(
    '/api/external-tasks/:task_execution_id/complete',
    {
      config: { operation: 'complete_external_task' },
      schema: {
        tags: ['external-tasks'],
        summary: 'Report the output of a task',
        params: TaskPath,
        body: CompleteRequest,
        response: { 200: ExternalTaskReceipt, ...errorResponses(400, 401, 403, 404, 409, 413, 422, 500) },
      },
    },
    async (request) => {
      const { principal, body } = request;
      const id = request.params.task_execution_id;
      const outcome = { status: 'completed' as const, output: body.output as Json };
      const receipt = await deps.engine.settleLeased(principal.organizationId, id, body.lease_token, outcome, principal.modifiedBy);
      return { task_execution_id: id, deferred: receipt.deferred, will_retry: receipt.willRetry };
    },
  );
}
