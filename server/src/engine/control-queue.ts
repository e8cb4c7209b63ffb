import { setTimeout as sleep } from 'node:timers/promises';
import { badRequest, type Id, notFound } from '#base';
import { cancelExecution } from './cancel-execution.ts';
import { NO_ORGANIZATION } from './claim-tasks.ts';
import type { EngineParts } from './engine-parts.ts';
import { type ControlTarget, controlKey } from './queue-controls.ts';

/** What is to be changed; what is absent stays. */
export interface ControlChange {
  isPaused?: boolean;
  /** Tasks at once; of an organization executions at once. Null: no limit. */
  maxConcurrent?: number | null;
  /** Of a pause, for people. */
  reason?: string;
}

/** How long a change waits until all processes have heard it; they ask several times a second. */
const HEARD_MS = 10_000;
const ASK_EVERY_MS = 50;

/**
 * Pauses, resumes or limits, for all processes. Resolves when all that work have heard it, or after 10 s with false: one of them is stuck, or of an older version.
 * What runs goes on; what comes is taken, and waits. Idempotent. The caller has
 * proven that the target exists and is the actor's to control. Throws not_found for an organization that is not there, bad_request for a limit of the
 * platform, which has none.
 */
export async function controlQueue(parts: EngineParts, target: ControlTarget, change: ControlChange, actor: string): Promise<boolean> {
  const { organizationId, kind, name } = target;
  const { isPaused, maxConcurrent, reason } = change;
  if (maxConcurrent !== undefined && kind === 'platform')
    throw badRequest('The platform as a whole has no limit; its executors and models may have one');
  const ofRuns = maxConcurrent !== undefined && kind === 'organization';
  const changedAt = await parts.db.transaction(async (query) => {
    const run = parts.within(query);
    if (ofRuns) {
      const [found] = await run('limit-organization', [organizationId, maxConcurrent]);
      if (found === undefined) throw notFound('Organization', organizationId);
      await run('fit-slots', [organizationId]);
    }
    const limit = ofRuns ? undefined : maxConcurrent;
    const values = [
      organizationId,
      controlKey(target),
      kind,
      name,
      isPaused ?? null,
      limit !== undefined,
      limit ?? null,
      reason ?? null,
      actor,
    ];
    const [row] = await run<{ updated_at: Date }>('control-queue', values);
    if (row === undefined) throw new Error('the change of a queue answered nothing');
    return row.updated_at;
  });
  parts.log.info(
    { organization_id: organizationId, kind, name, paused: isPaused, max_concurrent: maxConcurrent, reason, actor },
    'a queue was paused, resumed or limited',
  );
  parts.events.announceWork();
  return isHeard(parts, changedAt);
}

async function isHeard(parts: EngineParts, changedAt: Date): Promise<boolean> {
  const deadline = performance.now() + HEARD_MS;
  while ((await parts.run('find-deaf', [changedAt])).length > 0) {
    if (performance.now() > deadline) return false;
    await sleep(ASK_EVERY_MS);
  }
  return true;
}

/** Runs with a task of the target in a worker's hands. */
export interface RunningOf {
  runs: { organizationId: Id; id: Id }[];
  tasks: number;
}

/** How many runs one call answers, or cancels. */
const RUNS = 1_000;

/** Workers hear of a pause a little later: what they have begun within this time counts as begun before it. */
const HEARD_WITHIN_MS = 2_000;

/**
 * What still runs of a target and was begun before `pausedAt`, or a moment later: none, and the target is drained. `modelExecutors`: of a model, the
 * executors that may ask one; which of their tasks ask this one the rows do not tell.
 */
export async function findRunning(
  parts: EngineParts,
  { organizationId, kind, name }: ControlTarget,
  { pausedAt, modelExecutors }: { pausedAt: Date; modelExecutors: readonly string[] },
): Promise<RunningOf> {
  const executors = kind === 'executor' ? [name] : kind === 'model' ? modelExecutors : null;
  const values = [
    organizationId === NO_ORGANIZATION ? null : organizationId,
    kind === 'flow' ? name : null,
    executors,
    new Date(pausedAt.getTime() + HEARD_WITHIN_MS),
    RUNS,
  ];
  const rows = await parts.run<{ organization_id: Id; id: Id; tasks: number }>('find-running', values);
  return {
    runs: rows.map((row) => ({ organizationId: row.organization_id, id: row.id })),
    tasks: rows.reduce((sum, row) => sum + row.tasks, 0),
  };
}

/** Requests the cancellation of runs, one after the other; those that have ended meanwhile are left. Answers how many it was requested of. */
export async function cancelRuns(parts: EngineParts, runs: RunningOf['runs'], actor: string): Promise<number> {
  let cancelled = 0;
  for (const { organizationId, id } of runs) {
    const done = await cancelExecution(parts, organizationId, id, actor).then(
      () => true,
      (error: unknown) => {
        if (hasEnded(error)) return false;
        throw error;
      },
    );
    if (done) cancelled++;
  }
  return cancelled;
}

const hasEnded = (error: unknown): boolean => ['conflict', 'not_found'].includes(String((error as { code?: unknown } | null)?.code));
