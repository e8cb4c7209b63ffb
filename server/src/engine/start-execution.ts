import { badRequest, type Id, newId, notFound, timeOfId } from '#base';
import { coalesced } from './coalesce.ts';
import type { StartedExecution, StartRequest } from './engine.ts';
import type { EngineParts } from './engine-parts.ts';
import { storableJson } from './outcome.ts';
import { type MetadataEntry, runMetadata } from './run-metadata.ts';
import { laneOf } from './settle-parameters.ts';

/** Starts that travel in one statement. */
const MAX_BATCH = 200;

export interface PreparedStart {
  organizationId: Id;
  request: StartRequest;
  input: string;
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
}

/**
 * Starts executions, those of one flow that come at once in one statement: one transaction, running with a slot or queued. Throws not_found
 * where the flow is gone, bad_request where the version has no such input task.
 */
export function startExecution(parts: EngineParts): (organizationId: Id, request: StartRequest) => Promise<StartedExecution> {
  const start = coalesced<PreparedStart, StartedExecution>((_, requests) => startBatch(parts, requests), MAX_BATCH);
  return async (organizationId, request) =>
    start(`${organizationId}/${request.flowId}`, await prepareStart(parts, organizationId, request));
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
    firstTask: plan.first,
    openEnds: plan.openEnds,
    taskRank: (request.rank ?? 0) + first.planned.rank,
    lane: laneOf(first.planned, parts.limited),
    metadata: runMetadata(request.input, request.metadata),
  };
}

export async function startBatch(
  parts: Pick<EngineParts, 'run' | 'events'>,
  starts: readonly PreparedStart[],
): Promise<StartedExecution[]> {
  const { organizationId, request } = starts[0] as PreparedStart;
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
    starts.map(() => newId()),
    starts.map((s) => s.taskRank),
    starts.map((s) => s.lane),
    starts.flatMap((s) => s.metadata.map(() => s.request.id)),
    starts.flatMap((s) => s.metadata.map(({ key }) => key)),
    starts.flatMap((s) => s.metadata.map(({ value }) => value)),
    starts.map((s) => timeOfId(s.request.id)),
    starts.map((s) => s.request.parentTaskId ?? null),
    starts.map((s) => s.request.traceparent ?? null),
  ]);
  if (rows.length === 0) throw notFound('Flow', request.flowId);
  announceStarts(parts, organizationId, request.flowId, rows);
  const byId = new Map(rows.map((row) => [row.id, row]));
  return starts.map(({ request: { id } }) => {
    const row = byId.get(id) as StartedRow;
    return { id, status: row.status, runNumber: row.run_number, createdAt: row.created_at };
  });
}

function announceStarts(parts: Pick<EngineParts, 'events'>, organizationId: Id, flowId: Id, rows: readonly StartedRow[]): void {
  parts.events.publish(rows.map(({ id }) => ({ organizationId, flowId, flowExecutionId: id, type: 'flow_execution.created', id })));
  if (rows.some(({ status }) => status === 'running')) parts.events.announceWork();
}
