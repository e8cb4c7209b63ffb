import { Type } from 'typebox';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp } from '../flow-app.ts';
import { errorResponses, Timestamp, toWireTime, Uuid } from '../wire/index.ts';
import { LeaseSeconds, LeaseToken, TaskPath } from './external-task.wire.ts';

const HeartbeatRequest = Type.Object(
  { lease_token: LeaseToken, lease_seconds: LeaseSeconds },
  { title: 'ExternalTaskHeartbeat', additionalProperties: false },
);
const Lease = Type.Object({ task_execution_id: Uuid(), lease_expires_at: Timestamp() }, { title: 'ExternalTaskLease' });

/**
 * POST /api/external-tasks/{task_execution_id}/heartbeat: the lease lasts `lease_seconds` from now. 409 says that the worker should stop: another holds the
 * task, or the run was cancelled or has gone on without it.
 */
export function extendExternalTask(app: FlowApp, deps: ApiDeps): void {
  app.post(
    '/api/external-tasks/:task_execution_id/heartbeat',
    {
      config: { operation: 'extend_external_task' },
      schema: {
        tags: ['external-tasks'],
        summary: 'Say that a worker is still at it',
        params: TaskPath,
        body: HeartbeatRequest,
        response: { 200: Lease, ...errorResponses(400, 401, 403, 404, 409, 422, 500) },
      },
    },
    async (request) => {
      const { lease_token: token, lease_seconds: seconds } = request.body;
      const id = request.params.task_execution_id;
      const until = await deps.engine.extendLease(request.principal.organizationId, id, token, seconds * 1000);
      return { task_execution_id: id, lease_expires_at: toWireTime(until) };
    },
  );
}
