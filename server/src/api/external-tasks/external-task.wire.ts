import { type Static, Type } from 'typebox';
import { isJsonObject } from '#base';
import type { LeasedTask } from '#engine';
import { AnyJson, Nullable, Timestamp, toWireTime, Uuid } from '../wire/index.ts';

/** Long enough for a slow network, short enough that a dead worker's task is soon another's. A worker that needs longer extends it. */
export const LeaseSeconds = Type.Integer({
  minimum: 1,
  maximum: 3600,
  default: 60,
  description: 'How long the lease lasts without a heartbeat; a task whose lease has ended can be claimed by another worker',
});

export const LeaseToken = Type.String({ minLength: 1, maxLength: 200, description: 'As the claim answered it' });

export const TaskPath = Type.Object({ task_execution_id: Uuid() });

export const ClaimedExternalTask = Type.Object(
  {
    task_execution_id: Uuid(),
    lease_token: Type.String({ description: 'Proves that the worker holds the task; needed to extend, complete or fail it' }),
    lease_expires_at: Timestamp(),
    topic: Type.String(),
    flow_id: Uuid(),
    flow_execution_id: Uuid(),
    task_name: Type.String(),
    task_execution_idx: Type.Integer({ minimum: 0, description: 'The item of a fan-out, else 0' }),
    attempt: Type.Integer({ minimum: 1, description: 'Rises with each claim' }),
    idempotency_key: Type.String({ description: 'The same for every attempt: what a worker gives to services that it calls' }),
    input: AnyJson({ description: 'What the flow gives the worker' }),
  },
  { title: 'ClaimedExternalTask' },
);

export const ExternalTaskReceipt = Type.Object(
  {
    task_execution_id: Uuid(),
    deferred: Type.Boolean({
      description: 'The result is kept, and the run goes on when it has a slot: the limit of runs at once was reached',
    }),
    will_retry: Type.Boolean({ description: 'The task will be there to be claimed again' }),
  },
  { title: 'ExternalTaskReceipt' },
);

export const ExternalTaskError = Type.Object(
  {
    message: Type.String({ minLength: 1, maxLength: 4000 }),
    code: Type.Optional(
      Type.String({ maxLength: 100, pattern: '^[a-z][a-z0-9_]*$', description: 'What a retry policy names in non_retryable' }),
    ),
    type: Type.Optional(Nullable(Type.String({ maxLength: 200 }))),
    traceback: Type.Optional(Nullable(Type.String({ maxLength: 20_000 }))),
    details: Type.Optional(AnyJson()),
  },
  { title: 'ExternalTaskError', additionalProperties: false },
);

export function toClaimedWire(task: LeasedTask): Static<typeof ClaimedExternalTask> {
  return {
    task_execution_id: task.id,
    lease_token: task.leaseToken,
    lease_expires_at: toWireTime(task.leaseUntil),
    topic: task.topic,
    flow_id: task.flowId,
    flow_execution_id: task.flowExecutionId,
    task_name: task.taskName,
    task_execution_idx: task.item,
    attempt: task.attempt,
    idempotency_key: `${task.id}:${task.generation}`,
    input: isJsonObject(task.checkpoint) ? (task.checkpoint['input'] ?? null) : null,
  };
}
