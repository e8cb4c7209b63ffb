import type { FastifyRequest } from 'fastify';
import { type Static, Type } from 'typebox';
import type { Principal } from '#access';
import { activeTrace, badRequest, forbidden, type Id, type JsonObject, notFound, timeOfId } from '#base';
import type { StartRequest } from '#engine';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp, TenantTransaction } from '../flow-app.ts';
import { creationOf } from '../plugins/idempotency.ts';
import { noteOnTrace } from '../plugins/request-trace.ts';
import { AnyObject, errorResponses, Nullable, readWireTime, Timestamp, Uuid } from '../wire/index.ts';
import { findLatestVersion, findVisibleExecution } from './flow-execution.queries.ts';
import { FlowExecutionResponse, type FlowExecutionRow, toFlowExecutionWire } from './flow-execution.wire.ts';
import { readPreferWait } from './prefer-wait.ts';
import { chooseInputTask, type RunChecks } from './run-checks.ts';

const FlowExecutionCreateRequest = Type.Object(
  {
    flow_id: Uuid({ description: 'The flow to run, in its latest version' }),
    input: AnyObject({ description: 'What its input task asks for; kept and given back as it was sent' }),
    metadata: Type.Optional(
      Nullable(AnyObject({ description: 'What the run is to be found by: scalars and lists of them, over those of input.metadata' })),
    ),
    deadline: Type.Optional(
      Nullable(
        Timestamp({
          description: 'When it must have ended: it fails then (deadline_exceeded), and goes before others as the time comes near',
        }),
      ),
    ),
    input_task_name: Type.Optional(Nullable(Type.String({ description: 'Required where the flow has several input tasks' }))),
  },
  { title: 'FlowExecutionCreateRequest' },
);

type Body = Static<typeof FlowExecutionCreateRequest>;

/**
 * POST /api/flow-executions: starts a run, or queues it where its organization has no free slot (core.md 3). Everything is checked before
 * anything is written. `Prefer: wait=N` answers with the state reached when the run has ended, or after N seconds.
 */
export function createFlowExecution(app: FlowApp, deps: ApiDeps, checks: RunChecks): void {
  app.post(
    '/api/flow-executions',
    {
      config: { operation: 'create_flow_execution', idempotent: true },
      schema: {
        tags: ['flow-executions'],
        summary: 'Start a run of a flow',
        body: FlowExecutionCreateRequest,
        response: { 201: FlowExecutionResponse, ...errorResponses(400, 401, 402, 403, 404, 422, 500) },
      },
    },
    async (request, reply) => {
      const { principal, body } = request;
      const { id, isRepeated } = creationOf(request);
      const read = () => request.tenant((tx) => findVisibleExecution(tx, principal, id, { includeDeleted: true }), { readOnly: true });
      const made = isRepeated ? await read() : undefined;
      const row = made ?? (await start(request, id, body));
      const waitSeconds = readPreferWait(request.headers['prefer']);
      reply.code(201);
      if (waitSeconds === undefined) return toFlowExecutionWire(row);
      reply.header('Preference-Applied', `wait=${waitSeconds}`);
      await waitForEnd(request, deps, { id, seconds: waitSeconds });
      return toFlowExecutionWire((await read()) ?? row);
    },
  );

  async function start(request: FastifyRequest, id: Id, body: Body): Promise<FlowExecutionRow> {
    const { principal } = request;
    noteOnTrace({ 'flow.flow_execution_id': id });
    const prepared = await request.tenant((tx) => prepareStart(tx, principal, checks, { ...body, id }), { readOnly: true });
    return toRow(principal, prepared, await deps.engine.start(principal.organizationId, prepared));
  }
}

/** In the contract's order: the flow is visible (404), the role may run it (403), the definition can run, the input fits (400). */
async function prepareStart(
  tx: TenantTransaction,
  principal: Principal,
  checks: RunChecks,
  body: Body & { id: Id },
): Promise<StartRequest> {
  const version = await findLatestVersion(tx, principal, body.flow_id);
  if (!version) throw notFound('Flow', body.flow_id);
  if (principal.role === 'publisher' && version.flowStatus !== 'published') throw forbidden('A publisher runs published flows only');
  const plan = await checks.plan(tx, principal, version);
  const task = chooseInputTask(plan, body.input_task_name);
  const input = body.input as JsonObject;
  await checks.input(tx, principal, task, input);
  const deadline = body.deadline ? readDeadline(body.deadline) : undefined;
  return {
    id: body.id,
    flowId: version.flowId,
    flowVersionId: version.flowVersionId,
    flowVersion: version.version,
    inputTaskName: task.name,
    input,
    triggeredTaskExecutorName: plan.inputTasks.length > 1 ? task.executor : null,
    triggeredBy: principal.modifiedBy,
    modifiedBy: principal.modifiedBy,
    ...(deadline === undefined ? {} : { deadline }),
    traceparent: activeTrace()?.traceparent,
    ...(body.metadata ? { metadata: body.metadata as JsonObject } : {}),
  };
}

/** Throws bad_request for one that has come already. */
function readDeadline(text: string): Date {
  const deadline = readWireTime(text, ['body', 'deadline']);
  if (deadline.getTime() > Date.now()) return deadline;
  const msg = 'Input should be a time to come';
  throw badRequest('The deadline has passed already: give a time to come, or none', [
    { loc: ['body', 'deadline'], msg, type: 'value_error', input: text },
  ]);
}

/** What was started, as its row is at that moment: no second read. */
const toRow = (
  principal: Principal,
  start: StartRequest,
  started: { status: 'queued' | 'running'; runNumber: number; createdAt: Date },
): FlowExecutionRow => ({
  ...start,
  organizationId: principal.organizationId,
  runNumber: started.runNumber,
  status: started.status,
  dataStatus: 'consistent',
  awaiting: 0,
  pricingConfigId: null,
  deadline: start.deadline ?? null,
  updatedAt: timeOfId(start.id),
  startedAt: started.status === 'running' ? started.createdAt : null,
  completedAt: null,
  deletedAt: null,
});

/** Ends early where the client is gone. */
async function waitForEnd(request: FastifyRequest, deps: ApiDeps, wait: { id: Id; seconds: number }): Promise<void> {
  const gone = new AbortController();
  const leave = () => gone.abort();
  request.raw.socket.once('close', leave);
  try {
    await deps.engine.waitForEnd(request.principal.organizationId, wait.id, { timeoutMs: wait.seconds * 1000, signal: gone.signal });
  } finally {
    request.raw.socket.off('close', leave);
  }
}
