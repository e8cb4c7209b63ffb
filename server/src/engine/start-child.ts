import { createHash } from 'node:crypto';
import type { Id } from '#base';
import type { ClaimedTask } from './claimed-task.ts';
import type { StartRequest } from './engine.ts';
import type { EngineParts } from './engine-parts.ts';
import type { LockedExecution } from './lock-execution.ts';
import { prepareStart, startBatch } from './start-execution.ts';
import type { ExecutionStatus } from './states.ts';

/** A flow that starts itself without end is stopped by this; nobody nests as deep on purpose. */
export const MAX_FLOW_DEPTH = 10;

export type ChildRequest = Omit<StartRequest, 'id' | 'parentTaskId' | 'rank'>;

export interface ChildExecution {
  id: Id;
  status: ExecutionStatus;
}

/** `too_deep`: the execution lies at the greatest depth. `stopped`: it is being cancelled, or was re-executed; what the task answers counts no more. */
export type ChildStart = ChildExecution | { refused: 'too_deep' | 'stopped' };

/**
 * The id of the execution that a task starts: the same for every attempt of one generation, so that no crash starts two. It begins with the task's start, as
 * if it had been made then (UUID v7).
 */
export function childIdOf({ id, generation, startedAt }: Pick<ClaimedTask, 'id' | 'generation' | 'startedAt'>): Id {
  const time = startedAt.getTime().toString(16).padStart(12, '0');
  const hex = createHash('sha256').update(`sub-flow/${id}/${generation}`).digest('hex');
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(0, 3)}-8${hex.slice(3, 6)}-${hex.slice(6, 18)}`;
}

/**
 * Starts an execution for a running task, or finds the one that an earlier attempt has started. Exact against a cancel and a re-execution of the parent:
 * either finds the child, or the child is refused. Throws as `start` does.
 */
export async function startChild(parts: EngineParts, parent: ClaimedTask, request: ChildRequest): Promise<ChildStart> {
  const { organizationId, rank } = parent.execution;
  const id = childIdOf(parent);
  const prepared = await prepareStart(parts, organizationId, { ...request, id, rank, parentTaskId: parent.id });
  const announced: Parameters<EngineParts['events']['publish']>[0] = [];
  const started = await parts.db.transaction(async (query): Promise<ChildStart> => {
    const run = parts.within(query);
    const [held] = await run<{ depth: number }>('hold-parent', [organizationId, parent.execution.id, parent.id, parent.generation]);
    if (held === undefined) return { refused: 'stopped' };
    if (held.depth >= MAX_FLOW_DEPTH) return { refused: 'too_deep' };
    const [again] = await run<LockedExecution>('find-execution', [organizationId, id]);
    if (again !== undefined) return { id, status: again.status };
    const afterCommit = { ...parts.events, publish: (events: typeof announced) => void announced.push(...events), announceWork: () => {} };
    const {
      started: [child],
    } = await startBatch({ run, events: afterCommit }, [prepared]);
    return { id, status: child?.status ?? 'queued' };
  });
  parts.events.publish(announced);
  if ('status' in started && started.status === 'running') parts.events.announceWork();
  return started;
}

/** The execution that an earlier attempt of the task has started, if one has. */
export async function findChild(parts: EngineParts, parent: ClaimedTask): Promise<ChildExecution | undefined> {
  const id = childIdOf(parent);
  const { organizationId } = parent.execution;
  const [found] = await parts.run<LockedExecution>('find-execution', [organizationId, id]);
  return found && { id, status: found.status };
}
