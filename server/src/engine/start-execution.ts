import { badRequest, type Id, type JsonObject, newId, notFound, timeOfId } from '#base';
import { taskClaimed } from './changes.ts';
import { type ClaimedTask, claimedTask } from './claimed-task.ts';
import { coalesced } from './coalesce.ts';
import type { CompiledPlan } from './compile-plan.ts';
import type { StartedExecution, StartRequest } from './engine.ts';
import type { EngineParts } from './engine-parts.ts';
import { storableJson } from './outcome.ts';
import { type MetadataEntry, runMetadata } from './run-metadata.ts';
import { ClaimBudget, laneOf } from './settle-parameters.ts';
import type { StartOffer } from './start-claims.ts';

/** Starts that travel in one statement. */
const MAX_BATCH = 200;

export interface PreparedStart {
  organizationId: Id;
  request: StartRequest;
  input: string;
  plan: CompiledPlan;
  firstTask: number;
  openEnds: number;
  taskRank: number;
  lane: string;
  metadata: readonly MetadataEntry[];
}

interface StartedRow {
  id: Id;
  status: 'queued' | 'running';
  run_number: number;
  created_at: Date;
  started_at: Date | null;
}

/**
 * Starts executions, those of one flow that come at once in one statement: one transaction, running with a slot or queued. Throws not_found
 * where the flow is gone, bad_request where the version has no such input task.
 */
export function startExecution(parts: EngineParts): (organizationId: Id, request: StartRequest) => Promise<StartedExecution> {
  const start = coalesced<PreparedStart, StartedExecution>((_, requests) => startAndClaim(parts, requests), MAX_BATCH);
  return async (organizationId, request) => {
    const prepared = await prepareStart(parts, organizationId, request);
    return request.deadline ? startWithDeadline(parts, prepared, request.deadline) : start(`${organizationId}/${request.flowId}`, prepared);
  };
}

/** A transaction of its own: few runs have a deadline, and those that have none need not carry it. */
async function startWithDeadline(parts: EngineParts, prepared: PreparedStart, deadline: Date): Promise<StartedExecution> {
  const announced: Parameters<EngineParts['events']['publish']>[0] = [];
  const started = await parts.db.transaction(async (query) => {
    announced.length = 0;
    const run = parts.within(query);
    const afterCommit = { ...parts.events, publish: (events: typeof announced) => void announced.push(...events), announceWork: () => {} };
    const {
      started: [execution],
    } = await startBatch({ run, events: afterCommit }, [prepared]);
    await run('set-deadline', [prepared.organizationId, prepared.request.id, deadline]);
    return execution as StartedExecution;
  });
  parts.events.publish(announced);
  if (started.status === 'running') parts.events.announceWork();
  return started;
}

/** First tasks go to the worker of this process, where it has room for them. */
async function startAndClaim(parts: EngineParts, starts: readonly PreparedStart[]): Promise<StartedExecution[]> {
  const offer = parts.startClaims.offer?.(starts.length);
  try {
    const { started, claimed } = await startBatch(parts, starts, offer);
    offer?.take(claimed);
    return started;
  } catch (error) {
    offer?.fail();
    throw error;
  }
}

/** Compiles what starts. Before any transaction: the plan may need a connection of its own. */
export async function prepareStart(parts: EngineParts, organizationId: Id, request: StartRequest): Promise<PreparedStart> {
  const plan = await parts.plans.find(organizationId, request.flowVersionId, request.inputTaskName);
  const first = plan?.tasks[plan.first];
  if (plan === undefined || first === undefined) throw badRequest(`'${request.inputTaskName}' is not an input task of the flow`);
  return {
    organizationId,
    request,
    input: storableJson(JSON.stringify(request.input)),
    plan,
    firstTask: plan.first,
    openEnds: plan.openEnds,
    taskRank: (request.rank ?? 0) + first.planned.rank,
    lane: laneOf(first.planned, parts.limited),
    metadata: runMetadata(request.input, request.metadata),
  };
}

/** What one statement has started, in the order of the requests, and the first tasks that it has claimed for the offer. */
export interface StartedBatch {
  started: StartedExecution[];
  claimed: ClaimedTask[];
}

export async function startBatch(
  parts: Pick<EngineParts, 'run' | 'events'>,
  starts: readonly PreparedStart[],
  offer?: StartOffer,
): Promise<StartedBatch> {
  const { organizationId, request } = starts[0] as PreparedStart;
  const taskIds = starts.map(() => newId());
  const budget = new ClaimBudget({ claim: offer?.claim ?? 0, executors: {} });
  const claims = starts.map(({ lane }) => budget.take(lane));
  const rows = await parts.run<StartedRow>('start-executions', [
    organizationId,
    request.flowId,
    starts.map((s) => s.request.id),
    starts.map((s) => s.request.flowVersionId),
    starts.map((s) => s.request.flowVersion),
    starts.map((s) => s.input),
    starts.map((s) => s.firstTask),
    starts.map((s) => s.openEnds),
    starts.map((s) => s.request.rank ?? 0),
    starts.map((s) => s.request.triggeredTaskExecutorName),
    starts.map((s) => s.request.triggeredBy),
    starts.map((s) => s.request.modifiedBy),
    taskIds,
    starts.map((s) => s.taskRank),
    starts.map((s) => s.lane),
    starts.flatMap((s) => s.metadata.map(() => s.request.id)),
    starts.flatMap((s) => s.metadata.map(({ key }) => key)),
    starts.flatMap((s) => s.metadata.map(({ value }) => value)),
    starts.map((s) => timeOfId(s.request.id)),
    starts.map((s) => s.request.parentTaskId ?? null),
    offer?.workerId ?? null,
    claims,
    starts.map((s) => s.request.traceparent ?? null),
  ]);
  if (rows.length === 0) throw notFound('Flow', request.flowId);
  const byId = new Map(rows.map((row) => [row.id, row]));
  const rowOf = ({ request: { id } }: PreparedStart): StartedRow => byId.get(id) as StartedRow;
  const claimed = starts.flatMap((start, n) =>
    claims[n] && rowOf(start).status === 'running' ? [firstTaskOf(start, taskIds[n] as Id, rowOf(start))] : [],
  );
  announceStarts(parts, starts[0] as PreparedStart, rows, claimed);
  return {
    started: starts.map((start) => {
      const { id, status, run_number: runNumber, created_at: createdAt } = rowOf(start);
      return { id, status, runNumber, createdAt };
    }),
    claimed,
  };
}

function firstTaskOf({ organizationId, request, plan, input, firstTask, lane }: PreparedStart, id: Id, row: StartedRow): ClaimedTask {
  const execution = {
    organizationId,
    id: request.id,
    generation: 0,
    flowId: request.flowId,
    flowVersionId: request.flowVersionId,
    flowVersion: request.flowVersion,
    runNumber: row.run_number,
    firstTask,
    rank: request.rank ?? 0,
    input: JSON.parse(input) as JsonObject, // as it was stored
    createdAt: row.created_at,
    traceparent: request.traceparent,
  };
  const counters = { attempt: 1, tries: 0, losses: 0, alive: 1, skipped: 0, failed: 0 };
  const task = { id, task: firstTask, item: 0, generation: 0, lane, started_at: row.started_at as Date, ...counters };
  return claimedTask({ ...task, item_value: null, checkpoint: null, decision: null }, { execution, plan, stopped: false });
}

function announceStarts(
  { events }: Pick<EngineParts, 'events'>,
  { organizationId, request: { flowId } }: PreparedStart,
  rows: readonly StartedRow[],
  claimed: readonly ClaimedTask[],
): void {
  events.publish(rows.map(({ id }) => ({ organizationId, flowId, flowExecutionId: id, type: 'flow_execution.created', id })));
  events.publish(claimed.map(taskClaimed));
  if (rows.filter(({ status }) => status === 'running').length > claimed.length) events.announceWork();
}
