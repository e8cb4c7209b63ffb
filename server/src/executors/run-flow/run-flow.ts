import { Type } from 'typebox';
import type { JsonObject, JsonSchema } from '#base';
import { parametersOf } from '../check-parameters.ts';
import type { ChildRun, Executor, ExecutorContext, Outcome } from '../contract.ts';
import { aborted, failed } from '../outcomes.ts';

/** The child's end wakes the task; this is when the platform first looks whether that went unheard. */
const FIRST_LOOK_MS = 1_000;

const parametersSchema = Type.Object(
  {
    flow_id: Type.Optional(
      Type.String({ minLength: 1, maxLength: 100, description: 'The flow to run, in its latest version, by its id.' }),
    ),
    flow_name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 300, description: 'Or by its name, where no other flow has that name.' }),
    ),
    input: Type.Optional(
      Type.Unsafe<JsonObject>({
        type: 'object',
        additionalProperties: true,
        description: "What the flow's input task asks for. {} where it is absent.",
      }),
    ),
    input_task_name: Type.Optional(
      Type.String({ minLength: 1, maxLength: 200, description: 'The input task to start with; needed where the flow has several.' }),
    ),
    wait: Type.Optional(Type.Boolean({ description: 'False: go on as soon as the run has started. True where it is absent.' })),
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);

const outputSchema: JsonSchema = {
  type: 'object',
  properties: {
    flow_execution_id: { type: 'string', format: 'uuid' },
    status: { type: 'string', description: 'completed; with wait: false, how the run stood when it was started' },
    outputs: {
      type: 'object',
      additionalProperties: true,
      description:
        'Outputs of the tasks that no other task follows, by name; of one that ran once per item a list. Empty with wait: false.',
    },
  },
  required: ['flow_execution_id', 'status', 'outputs'],
  additionalProperties: false,
};

const ENDED = new Set(['completed', 'failed', 'cancelled']);

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const { flow_id: flowId, flow_name: flowName, input = {}, input_task_name: inputTaskName, wait = true } = checked.value;
  if ((flowId === undefined) === (flowName === undefined))
    return failed('invalid_parameters', 'Give exactly one of flow_id and flow_name.');
  const started = await context.flows.start({ flowId, flowName, input, inputTaskName });
  if ('refused' in started) {
    const { code, message, retryable, details } = started.refused;
    return failed(code, message, { retryable, ...(details === undefined ? {} : { details }) });
  }
  return wait ? outcomeOf(started.run, context.now()) : completed(started.run, {});
}

const completed = (child: ChildRun, outputs: JsonObject): Outcome => ({
  status: 'completed',
  output: { flow_execution_id: child.flowExecutionId, status: child.status, outputs },
});

/** A child that has not ended is waited for as a row; what it may have cost is its own, so a failure is not tried again: it would find the same child. */
function outcomeOf(child: ChildRun, now: Date): Outcome {
  if (child.status === 'completed') return completed(child, child.outputs);
  if (!ENDED.has(child.status)) {
    return {
      status: 'awaiting_input',
      checkpoint: { flow_execution_id: child.flowExecutionId },
      until: new Date(now.getTime() + FIRST_LOOK_MS),
    };
  }
  const reason = child.error === undefined ? '' : `: ${child.error.message}`;
  return failed(
    child.status === 'failed' ? 'flow_failed' : 'flow_cancelled',
    `The run ${child.flowExecutionId} was ${child.status}${reason}`.slice(0, 3900),
    {
      details: {
        flow_execution_id: child.flowExecutionId,
        status: child.status,
        ...(child.error === undefined ? {} : { task_name: child.error.taskName, error: child.error.record }),
      },
    },
  );
}

/** A flow within a flow. */
export const runFlow: Executor = {
  name: 'run_flow',
  title: 'Run a flow',
  description:
    'Runs another flow of the same organization, in its latest version, and gives its results: a step that several flows share, or a part that is retried, ' +
    'watched and stopped by itself.',
  agentPrompt:
    'Use it to call another flow as a step. Give flow_id or flow_name, and the input that its input task asks for (references are resolved), such as ' +
    '{"file_key": "{{receive.document_url}}"}. It waits for the end, holding nothing, and answers flow_execution_id, status and outputs: the outputs of the tasks that ' +
    'no other follows, so {{call.outputs.summary}}. It fails where that run fails. wait: false only starts it. Flows may call each other 10 deep.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema: () => outputSchema,
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 60_000,
  example: {
    definition: [
      'name: Call another flow',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: call',
      '    task_executor_name: run_flow',
      '    parameters:',
      '      flow_name: Name a document   # another flow of the organization',
      '      input:',
      '        file_key: "{{receive.document_url}}"',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
  },
  run,
};
