import { activeTrace, type Id, type Json, type JsonObject } from '#base';
import type { EngineDatabase } from '#db';
import { type ClaimedTask, type ExecutionStatus, isEnded, MAX_FLOW_DEPTH, type TaskEngine } from '#engine';
import type { Catalogue, ChildRun, TaskFailure, TaskFlows } from '#executors';
import type { FileStore } from '#files';
import { checkSchema, type Plan, type PlannedTask } from '#language';
import type { Plans } from './plans.ts';

export interface TaskFlowsOptions {
  db: EngineDatabase;
  engine: Pick<TaskEngine, 'findChild' | 'startChild'>;
  plans: Plans;
  catalogue: Catalogue;
  files: Pick<FileStore, 'read'>;
  /** The task that starts runs. All that it may start or see is its organization's. */
  task: ClaimedTask;
}

type Requested = Parameters<TaskFlows['start']>[0];

interface FlowRow {
  flow_id: Id;
  version_id: Id;
  version: number;
}

/** Other flows, as one task may run them: the same run for every attempt, its results when it has ended. */
export function createTaskFlows(options: TaskFlowsOptions): TaskFlows {
  return {
    async start(requested) {
      const known = await options.engine.findChild(options.task);
      if (known !== undefined) return { run: await readRun(options, known) }; // whatever has become of the flow since
      const flow = await findFlow(options, requested);
      if ('refused' in flow) return flow;
      const planned = await planOf(options, flow);
      if ('refused' in planned) return planned;
      const input = chooseInput(options.catalogue, planned.plan, requested);
      if ('refused' in input) return input;
      const started = await options.engine.startChild(options.task, {
        flowId: flow.flow_id,
        flowVersionId: flow.version_id,
        flowVersion: flow.version,
        inputTaskName: input.task.name,
        input: requested.input,
        triggeredTaskExecutorName: planned.plan.inputTasks.length > 1 ? input.task.executor : null,
        triggeredBy: `flow_execution:${options.task.execution.id}`,
        modifiedBy: 'system',
        traceparent: activeTrace()?.traceparent,
      });
      if ('refused' in started) return refusalOf(started.refused);
      return { run: await readRun(options, started) };
    },
  };
}

const refused = (code: string, message: string, more: Partial<TaskFailure> = {}): { refused: TaskFailure } => ({
  refused: { code, message, retryable: false, ...more },
});

function refusalOf(reason: 'too_deep' | 'stopped'): { refused: TaskFailure } {
  if (reason === 'stopped') return refused('aborted', 'The run is being stopped and starts no other', { retryable: true });
  return refused(
    'flow_depth_exceeded',
    `Flows may call each other ${MAX_FLOW_DEPTH} deep; this run lies at that depth. Does a flow call itself?`,
  );
}

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

async function findFlow({ db, task }: TaskFlowsOptions, { flowId, flowName }: Requested): Promise<FlowRow | { refused: TaskFailure }> {
  const said = flowId ?? flowName ?? '';
  const none = refused('flow_not_found', `There is no flow '${said.slice(0, 300)}' in this organization`);
  if (flowId !== undefined && !UUID.test(flowId)) return none;
  const byId = flowId !== undefined;
  const rows = await db.query<FlowRow>(byId ? 'task_flow_by_id' : 'task_flow_by_name', byId ? FLOW_BY_ID : FLOW_BY_NAME, [
    task.execution.organizationId,
    said.replaceAll('\0', ''),
  ]);
  if (rows.length > 1) return refused('flow_name_ambiguous', `Several flows are called '${said}': give the flow_id`);
  return rows[0] ?? none;
}

async function planOf({ plans, task }: TaskFlowsOptions, flow: FlowRow): Promise<{ plan: Plan } | { refused: TaskFailure }> {
  try {
    return { plan: await plans.load(task.execution.organizationId, flow.version_id) };
  } catch (error) {
    return refused('flow_invalid', `The flow cannot run: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** The input task and whether the input is what it asks for, as POST flow-executions judges them. Files are checked by whoever reads them. */
function chooseInput(
  catalogue: Catalogue,
  plan: Plan,
  { input, inputTaskName }: Requested,
): { task: PlannedTask } | { refused: TaskFailure } {
  const tasks = plan.inputTasks.flatMap((number) => plan.tasks[number] ?? []);
  const task = inputTaskName === undefined ? (tasks.length === 1 ? tasks[0] : undefined) : tasks.find(({ name }) => name === inputTaskName);
  const names = tasks.map(({ name }) => `'${name}'`).join(', ');
  if (task === undefined) return refused('input_task_not_found', `input_task_name must be one of ${names}`);
  const faults = checkSchema(catalogue.get(task.executor)?.flowInputSchema ?? {}, input);
  if (faults.length === 0) return { task };
  return refused('invalid_flow_input', `The input is not what '${task.name}' asks for`, {
    details: faults.slice(0, 20) as unknown as Json,
  });
}

const WIRE_STATUS: Partial<Record<ExecutionStatus, ChildRun['status']>> = { waiting: 'awaiting_input' };

async function readRun(options: TaskFlowsOptions, { id, status }: { id: Id; status: ExecutionStatus }): Promise<ChildRun> {
  const word = WIRE_STATUS[status] ?? (status as ChildRun['status']);
  const run: ChildRun = { flowExecutionId: id, status: word, outputs: {} };
  if (!isEnded(status)) return run;
  if (status === 'completed') return { ...run, outputs: await readOutputs(options, id) };
  const error = await findError(options, id);
  return error === undefined ? run : { ...run, error };
}

interface OutputRow {
  flow_version_id: Id;
  task: number;
  status: string;
  output: string | null;
  output_key: string | null;
}

/** Outputs of the tasks that no other follows, as far as they ran; of one in a fan-out the list of its items. */
async function readOutputs(options: TaskFlowsOptions, id: Id): Promise<JsonObject> {
  const { db, plans, files, task } = options;
  const { organizationId } = task.execution;
  const [version] = await db.query<{ flow_version_id: Id }>('task_flow_version', VERSION_OF, [organizationId, id]);
  if (version === undefined) return {};
  const plan = await plans.load(organizationId, version.flow_version_id);
  const followed = new Set(plan.tasks.flatMap(({ after }) => after.map(({ from }) => from)));
  const ends = plan.tasks.filter(({ kind, number }) => kind === 'task' && !followed.has(number));
  const rows = await db.query<OutputRow>('task_flow_outputs', OUTPUTS_OF, [organizationId, id, ends.map(({ number }) => number)]);
  const outputs: JsonObject = {};
  for (const end of ends) {
    const values = await Promise.all(rows.filter(({ task: number }) => number === end.number).map((row) => readOutput(files, row)));
    if (end.scope.length > 0) outputs[end.name] = values.map((value) => value ?? null);
    else if (values[0] !== undefined) outputs[end.name] = values[0];
  }
  return outputs;
}

async function readOutput(files: Pick<FileStore, 'read'>, row: OutputRow): Promise<Json | undefined> {
  if (row.status !== 'completed') return undefined;
  const text = row.output_key === null ? row.output : (await files.read(row.output_key)).toString('utf8');
  return text === null ? undefined : (JSON.parse(text) as Json);
}

async function findError({ db, task }: TaskFlowsOptions, id: Id): Promise<ChildRun['error']> {
  const [row] = await db.query<{ name: string; error: JsonObject }>('task_flow_error', ERROR_OF, [task.execution.organizationId, id]);
  return row && { taskName: row.name, message: String(row.error['message'] ?? ''), record: row.error };
}

// Served by the primary keys and the unique key (organization_id, flow_id, version); a name is looked for among the organization's flows.
const FLOW = `select f.id as flow_id, v.id as version_id, v.version from flows f
  join flow_versions v on v.organization_id = f.organization_id and v.flow_id = f.id and v.version = f.latest_version
  where f.organization_id = $1 and f.deleted_at is null`;
const FLOW_BY_ID = `${FLOW} and f.id = $2::uuid`;
const FLOW_BY_NAME = `${FLOW} and f.display_name = $2 limit 2`;
const VERSION_OF = 'select flow_version_id from flow_executions where organization_id = $1 and id = $2';
const OUTPUTS_OF = `select task, status, output::text as output, output_key from task_executions
  where organization_id = $1 and execution_id = $2 and task = any ($3::smallint[]) order by task, item`;
const ERROR_OF = `select v.name, t.error from task_executions t
  join flow_executions e on e.organization_id = t.organization_id and e.id = t.execution_id
  join flow_version_tasks v on v.organization_id = t.organization_id and v.flow_version_id = e.flow_version_id and v.task = t.task
  where t.organization_id = $1 and t.execution_id = $2 and t.status = 'failed' and t.error is not null order by t.completed_at, t.id limit 1`;
