import type { Id } from '#base';
import { NO_ORGANIZATION } from './claim-tasks.ts';
import type { EngineParts } from './engine-parts.ts';
import { type ControlKind, type ControlTarget, controlKey } from './queue-controls.ts';

/** What waits and what runs of an organization, a flow, an executor or a model, and what was set for it. */
export interface QueueState extends ControlTarget {
  /** Of an organization and a flow its name, for people. */
  title: string | null;
  /** Due tasks that no worker has taken. Counts are exact up to `MAX_COUNTED`. Of a model null: which task asks it is known when it runs. */
  ready: number | null;
  oldestReadyAt: Date | null;
  running: number | null;
  /** Tasks that lie still under its pause; of an organization under any. */
  paused: number;
  /** Runs that wait for a slot; of executors and models null. */
  queued: number | null;
  /** Null: it is not paused. */
  pausedAt: Date | null;
  pausedBy: string | null;
  reason: string | null;
  maxConcurrent: number | null;
  /** Who last paused, resumed or limited it, and when; null: nobody ever has. */
  modifiedBy: string | null;
  updatedAt: Date | null;
}

/** Counting more than this of one thing would cost more than it tells. */
export const MAX_COUNTED = 10_000;

interface QueueRow {
  organization_id: Id;
  kind: ControlKind;
  name: string;
  title: string | null;
  max_concurrent: number | null;
  ready: number | null;
  oldest_ready_at: Date | null;
  running: number | null;
  paused: number;
  queued: number | null;
  paused_at: Date | null;
  paused_by: string | null;
  reason: string | null;
  modified_by: string | null;
  updated_at: Date | null;
}

export interface QueuePage {
  /** The name after which it begins; of organizations the id. Empty: from the start. */
  after: string;
  limit: number;
}

/** Organizations by id: all of them, or one. */
export async function listOrganizationQueues(parts: EngineParts, organizationId: Id | undefined, page: QueuePage): Promise<QueueState[]> {
  const values = [organizationId ?? null, page.after || NO_ORGANIZATION, page.limit, MAX_COUNTED];
  return (await parts.run<QueueRow>('queue-organizations', values)).map(toState);
}

/** An organization's flows by id: all of them, or one. */
export async function listFlowQueues(parts: EngineParts, organizationId: Id, page: QueuePage & { flowId?: Id }): Promise<QueueState[]> {
  const values = [organizationId, page.after || NO_ORGANIZATION, page.limit, MAX_COUNTED, page.flowId ?? null];
  return (await parts.run<QueueRow>('queue-flows', values)).map(toState);
}

/**
 * Executors or models by name, of an organization or (`NO_ORGANIZATION`) of the platform: those that are named, which is all that there are, and those
 * that something was set for.
 */
export async function listNamedQueues(
  parts: EngineParts,
  { organizationId, kind }: { organizationId: Id; kind: 'executor' | 'model' },
  named: readonly string[],
  page: QueuePage,
): Promise<QueueState[]> {
  const controls = await parts.run<QueueRow>('list-controls', [organizationId, kind, MAX_COUNTED]);
  const names = [...new Set([...named, ...controls.map(({ name }) => name)])].sort().filter((name) => name > page.after);
  const shown = names.slice(0, page.limit);
  const keys = shown.map((name) => controlKey({ organizationId, kind, name }));
  const paused = await parts.run<{ pause: string; n: number }>('count-paused', [keys, MAX_COUNTED]);
  const of = organizationId === NO_ORGANIZATION ? null : organizationId;
  const counted = kind === 'executor' ? await parts.run<QueueRow>('queue-executors', [of, MAX_COUNTED]) : [];
  return shown.map((name, i) => {
    const counts = counted.find((row) => row.name === name);
    const control = controls.find((row) => row.name === name);
    return toState({
      ...EMPTY,
      ...(kind === 'executor' ? { ready: 0, running: 0 } : {}),
      ...control,
      ...counts,
      organization_id: organizationId,
      kind,
      name,
      paused: paused.find(({ pause }) => pause === keys[i])?.n ?? 0,
    });
  });
}

/** The platform as a whole: whether it is paused. */
export async function readPlatformQueue(parts: EngineParts): Promise<QueueState> {
  const [control] = await parts.run<QueueRow>('list-controls', [NO_ORGANIZATION, 'platform', 1]);
  const target: ControlTarget = { organizationId: NO_ORGANIZATION, kind: 'platform', name: '' };
  const [paused] = await parts.run<{ n: number }>('count-paused', [[controlKey(target)], MAX_COUNTED]);
  return toState({ ...EMPTY, ...control, organization_id: NO_ORGANIZATION, kind: 'platform', name: '', paused: paused?.n ?? 0 });
}

const EMPTY = {
  title: null,
  max_concurrent: null,
  ready: null,
  oldest_ready_at: null,
  running: null,
  queued: null,
  paused_at: null,
  paused_by: null,
  reason: null,
  modified_by: null,
  updated_at: null,
};

const toState = (row: QueueRow): QueueState => ({
  organizationId: row.organization_id,
  kind: row.kind,
  name: row.name,
  title: row.title,
  ready: row.ready,
  oldestReadyAt: row.oldest_ready_at,
  running: row.running,
  paused: row.paused,
  queued: row.queued,
  pausedAt: row.paused_at,
  pausedBy: row.paused_by,
  reason: row.reason,
  maxConcurrent: row.max_concurrent,
  modifiedBy: row.modified_by,
  updatedAt: row.updated_at,
});
