import { type Static, Type } from 'typebox';
import { MAX_COUNTED, type QueueState } from '#engine';
import { Nullable, Timestamp, toWireTime, Words } from '../wire/index.ts';

/** Those that an organization's administrators control. */
export const QUEUE_KINDS = ['organization', 'flow', 'executor', 'model'] as const;
export type QueueKind = (typeof QUEUE_KINDS)[number];

const counted = `exact up to ${MAX_COUNTED}`;

export const QueueResponse = Type.Object(
  {
    kind: Words(QUEUE_KINDS),
    name: Type.String({ description: "A flow's id, an executor's or a model's name; empty for the organization" }),
    title: Nullable(Type.String({ description: 'Of an organization and a flow its name' })),
    ready: Nullable(Type.Integer({ description: `Depth: due tasks that no worker has taken, ${counted}; null for a model` })),
    oldest_ready_at: Nullable(Timestamp({ description: 'Since when the oldest of them is due' })),
    oldest_age_seconds: Nullable(Type.Number({ description: 'Its age' })),
    running: Nullable(Type.Integer({ description: 'Tasks that workers hold; null for a model' })),
    queued_runs: Nullable(Type.Integer({ description: `Runs that wait for a slot, ${counted}; null for executors and models` })),
    paused_tasks: Type.Integer({ description: `Tasks that lie still under this pause, ${counted}; of the organization under any` }),
    paused: Type.Boolean({ description: 'Nothing new of it is taken up; what runs goes on' }),
    paused_at: Nullable(Timestamp()),
    paused_by: Nullable(Type.String({ description: 'User id, `integration` or `operator`' })),
    reason: Nullable(Type.String({ description: 'Of the pause' })),
    draining: Nullable(
      Type.Integer({
        description: 'Where one queue was asked for, and it is paused: tasks that were begun before and still run; 0: it is drained',
      }),
    ),
    heard: Type.Optional(
      Type.Boolean({ description: 'Of a change: every process that works obeys it; false: one is stuck, or of an older version' }),
    ),
    max_concurrent: Nullable(Type.Integer({ description: 'Tasks at once; of the organization runs at once; null: no limit' })),
    modified_by: Nullable(Type.String({ description: 'Who last paused, resumed or limited it' })),
    updated_at: Nullable(Timestamp()),
  },
  { title: 'QueueResponse' },
);

export const QueueControlRequest = Type.Object(
  {
    kind: Words(QUEUE_KINDS),
    name: Type.String({
      default: '',
      maxLength: 255,
      description: "A flow's id, an executor's or a model's name; empty for the organization",
    }),
    paused: Type.Optional(Type.Boolean({ description: 'true pauses, false resumes' })),
    max_concurrent: Type.Optional(
      Nullable(Type.Integer({ minimum: 1, maximum: 10_000, description: 'Tasks at once; null lifts the limit' })),
    ),
    reason: Type.Optional(Type.String({ maxLength: 500, description: 'Of a pause, for people' })),
    cancel_running: Type.Boolean({ default: false, description: 'With paused: also cancels the runs with a task under way, at most 1000' }),
  },
  { title: 'QueueControlRequest' },
);

const timeOrNull = (time: Date | null) => (time === null ? null : toWireTime(time));

export const toQueueWire = (state: QueueState, draining: number | null, now = Date.now()): Static<typeof QueueResponse> => ({
  kind: state.kind as QueueKind,
  name: state.name,
  title: state.title,
  ready: state.ready,
  oldest_ready_at: timeOrNull(state.oldestReadyAt),
  oldest_age_seconds: state.oldestReadyAt === null ? null : Math.max(0, now - state.oldestReadyAt.getTime()) / 1000,
  running: state.running,
  queued_runs: state.queued,
  paused_tasks: state.paused,
  paused: state.pausedAt !== null,
  paused_at: timeOrNull(state.pausedAt),
  paused_by: state.pausedBy,
  reason: state.reason,
  draining,
  max_concurrent: state.maxConcurrent,
  modified_by: state.modifiedBy,
  updated_at: timeOrNull(state.updatedAt),
});
