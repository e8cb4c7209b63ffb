import { type Static, Type } from 'typebox';
import type { Json, JsonObject } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses } from '../wire/index.ts';
import { ExternalTaskError, ExternalTaskReceipt, LeaseToken, TaskPath } from './external-task.wire.ts';

const FailRequest = Type.Object(
  {
    lease_token: LeaseToken,
    error: Type.Union([Type.String({ minLength: 1, maxLength: 4000 }), ExternalTaskError], {
      description: 'What went wrong: a sentence, or more',
    }),
    retryable: Type.Boolean({
      default: false,
      description: 'Whether another attempt may fare better; the retry policy of the task decides',
    }),
  },
  { title: 'ExternalTaskFailure', additionalProperties: false },
);

/**
 * POST /api/external-tasks/{task_execution_id}/fail: the worker could not do it. Where that is `retryable` and the task's policy has attempts left, it can
 * be claimed again after the policy's pause; else the task has failed. 409 for a stale token.
 */
export function failExternalTask(app: FlowApp, deps: ApiDeps): void {
  app.post(
    '/api/external-tasks/:task_execution_id/fail',
    {
      config: { operation: 'fail_external_task' },
      schema: {
        tags: ['external-tasks'],
        summary: 'Report that a task could not be done',
        params: TaskPath,
        body: FailRequest,
        response: { 200: ExternalTaskReceipt, ...errorResponses(400, 401, 403, 404, 409, 422, 500) },
      },
    },
    async (request) => {
      const { principal, body } = request;
      const id = request.params.task_execution_id;
      const outcome = { status: 'failed' as const, error: toError(body) };
      const receipt = await deps.engine.settleLeased(principal.organizationId, id, body.lease_token, outcome, principal.modifiedBy);
      return { task_execution_id: id, deferred: receipt.deferred, will_retry: receipt.willRetry };
    },
  );
}

/** The wire's form of a task's error, as the platform's own tasks have it. */
function toError({ error, retryable }: Static<typeof FailRequest>): JsonObject {
  const said = typeof error === 'string' ? { message: error } : error;
  return {
    message: said.message,
    type: said.type ?? 'task_error',
    code: said.code ?? 'external_error',
    retryable,
    traceback: said.traceback ?? null,
    ...(said.details === undefined ? {} : { details: said.details as Json }),
  };
}
