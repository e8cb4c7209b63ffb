import { createHash } from 'node:crypto';
import type { Static } from 'typebox';
import type { Principal } from '#access';
import { conflict, type Id, notFound, validationError } from '#base';
import type { ApiDeps } from '../deps.ts';
import type { FlowApp, TenantTransaction } from '../flow-app.ts';
import { creationOf } from '../plugins/idempotency.ts';
import { errorResponses, readWireTime } from '../wire/index.ts';
import { readModifiedBy } from './modified-by.ts';
import { PATHS } from './paths.ts';
import { readStatuses } from './read-statuses.ts';
import { settleWaitingTask } from './settle-waiting-task.ts';
import { findPostedRecord, insertTaskOutput, type NewTaskOutput } from './task-output.queries.ts';
import { CreateTaskOutputRequest, type TaskOutputRecord, TaskOutputResponse, toTaskOutputWire } from './task-output.wire.ts';

const MAX_BODY_BYTES = 50 * 1024 * 1024; // results of tasks may be larger than other bodies (core.md G7)

type Body = Static<typeof CreateTaskOutputRequest>;

/**
 * POST /api/task-outputs, the founding page: records what a task gave (core.md 6). Each call is a record of its own, unless its id says that
 * it was sent before. Subscribers of the flow and watchers of summaries hear of it after the commit.
 */
export function createTaskOutput(app: FlowApp, deps: ApiDeps): void {
  for (const { prefix, hide } of PATHS) {
    app.post(
      prefix,
      {
        bodyLimit: MAX_BODY_BYTES,
        config: { operation: 'create_task_output', idempotent: true },
        schema: {
          hide,
          tags: ['task-outputs'],
          summary: 'Record an output of a task',
          body: CreateTaskOutputRequest,
          response: { 201: TaskOutputResponse, ...errorResponses(400, 401, 403, 404, 409, 413, 422, 500) },
        },
      },
      async (request, reply) => {
        const { principal, body } = request;
        if (body.organization_id !== principal.organizationId) throw notFound('Flow execution', body.flow_execution_id);
        checkTaskName(body.task_name);
        const output = readTaskOutput(body, principal, creationOf(request).id);
        const posted = await request.tenant((tx) => recordOutput(tx, principal, output, body));
        if (posted.isNew) announce(deps, posted.flowId, posted.record);
        if (posted.awaiting > 0) await settleWaitingTask(request, deps, posted.record);
        return reply.code(201).send(toTaskOutputWire(posted.record));
      },
    );
  }
}

const MAX_NAME_CHARACTERS = 200;

/** The page gives the name's length with the response alone, so the request's schema leaves it open; it is checked all the same. */
function checkTaskName(name: string): void {
  const characters = name.length > 2 * MAX_NAME_CHARACTERS ? name.length : [...name].length;
  if (characters >= 1 && characters <= MAX_NAME_CHARACTERS) return;
  const fault =
    name === ''
      ? { type: 'string_too_short', msg: 'String should have at least 1 character', ctx: { min_length: 1 } }
      : {
          type: 'string_too_long',
          msg: `String should have at most ${MAX_NAME_CHARACTERS} characters`,
          ctx: { max_length: MAX_NAME_CHARACTERS },
        };
  throw validationError([{ loc: ['body', 'task_name'], ...fault, input: name.slice(0, 1_000) }]);
}

interface Posted {
  record: TaskOutputRecord;
  flowId: Id;
  awaiting: number;
  isNew: boolean;
}

async function recordOutput(tx: TenantTransaction, principal: Principal, output: NewTaskOutput, body: Body): Promise<Posted> {
  const inserted = await insertTaskOutput(tx, principal, output);
  if (!inserted) throw notFound('Flow execution', body.flow_execution_id);
  const { flowId, awaiting, createdAt } = inserted;
  if (createdAt)
    return { record: toRecord(principal, output, body, { createdAt, flowVersion: inserted.flowVersion }), flowId, awaiting, isNew: true };
  const known = await findPostedRecord(tx, principal, output.id);
  if (!known?.contentHash.equals(output.contentHash))
    throw conflict(`The id '${output.id}' is taken by another record: leave it out, or send what it was first sent with`);
  return { record: known, flowId, awaiting, isNew: false };
}

const toRecord = (
  principal: Principal,
  output: NewTaskOutput,
  body: Body,
  stored: { createdAt: Date; flowVersion: number },
): TaskOutputRecord => ({
  ...output,
  organizationId: principal.organizationId,
  summary: body.summary,
  output: body.output,
  tags: body.tags,
  error: body.error,
  flowVersion: stored.flowVersion,
  createdAt: stored.createdAt,
  updatedAt: stored.createdAt,
});

/** SQL null for an absent value and for JSON null: the wire knows no difference. */
const toJsonText = (value: unknown): string | null => (value === undefined || value === null ? null : JSON.stringify(value));

function readTaskOutput(body: Body, principal: Principal, id: Id): NewTaskOutput {
  const values = {
    summary: JSON.stringify(body.summary),
    output: toJsonText(body.output),
    tags: toJsonText(body.tags),
    error: toJsonText(body.error),
  };
  const statuses = readStatuses(body);
  const createdAt = body.created_at === undefined ? null : readWireTime(body.created_at, ['body', 'created_at']);
  const content = [body.flow_execution_id, body.task_name, ...Object.values(values), ...Object.values(statuses), createdAt];
  return {
    id: body.id ?? id,
    isOwnId: body.id !== undefined,
    flowExecutionId: body.flow_execution_id,
    taskName: body.task_name,
    ...values,
    ...statuses,
    contentHash: createHash('sha256').update(JSON.stringify(content)).digest(),
    modifiedBy: readModifiedBy(body.modified_by, principal),
    createdAt,
  };
}

function announce(deps: ApiDeps, flowId: Id, record: TaskOutputRecord): void {
  const { organizationId, flowExecutionId, id } = record;
  deps.events.publish([{ type: 'task_output.created', organizationId, flowId, flowExecutionId, id }]);
}
