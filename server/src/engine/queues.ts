import type { Id } from '#base';
import { type ControlChange, cancelRuns, controlQueue, findRunning, type RunningOf } from './control-queue.ts';
import type { EngineParts } from './engine-parts.ts';
import {
  listFlowQueues,
  listNamedQueues,
  listOrganizationQueues,
  type QueuePage,
  type QueueState,
  readPlatformQueue,
} from './list-queues.ts';
import type { ControlTarget } from './queue-controls.ts';

/** What operators see of queues and set for them. Ids are proven by the caller, as everywhere in the engine's face. */
export interface Queues {
  /** Pauses, resumes, limits. True when all processes obey, which takes less than a second. See control-queue.ts. */
  control(target: ControlTarget, change: ControlChange, actor: string): Promise<boolean>;
  listOrganizations(organizationId: Id | undefined, page: QueuePage): Promise<QueueState[]>;
  listFlows(organizationId: Id, page: QueuePage & { flowId?: Id }): Promise<QueueState[]>;
  listNamed(of: { organizationId: Id; kind: 'executor' | 'model' }, named: readonly string[], page: QueuePage): Promise<QueueState[]>;
  readPlatform(): Promise<QueueState>;
  /** What still runs of a paused target; see control-queue.ts. */
  findRunning(target: ControlTarget, since: { pausedAt: Date; modelExecutors: readonly string[] }): Promise<RunningOf>;
  cancelRuns(runs: RunningOf['runs'], actor: string): Promise<number>;
}

export const createQueues = (parts: EngineParts): Queues => ({
  control: (target, change, actor) => controlQueue(parts, target, change, actor),
  listOrganizations: (organizationId, page) => listOrganizationQueues(parts, organizationId, page),
  listFlows: (organizationId, page) => listFlowQueues(parts, organizationId, page),
  listNamed: (of, named, page) => listNamedQueues(parts, of, named, page),
  readPlatform: () => readPlatformQueue(parts),
  findRunning: (target, since) => findRunning(parts, target, since),
  cancelRuns: (runs, actor) => cancelRuns(parts, runs, actor),
});
