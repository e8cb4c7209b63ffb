import { Type } from 'typebox';
import type { JsonObject, JsonSchema } from '#base';
import { parametersOf } from '../check-parameters.ts';
import type { Executor, ExecutorContext, Outcome } from '../contract.ts';
import { findFormFault } from '../form/find-form-fault.ts';
import { toFormFields } from '../form/form-fields.ts';
import { formFieldsSchema } from '../form/form-parameter.ts';
import { formSchema } from '../form/form-schema.ts';
import { aborted, failed } from '../outcomes.ts';
import { TIMED_OUT, waitForEvent, waitLimitParameters } from '../wait-limit.ts';

const parametersSchema = Type.Object(
  {
    fields: Type.Optional(formFieldsSchema([], 'What must be sent, and nothing besides. Without fields anything may be sent.')),
    ...waitLimitParameters,
  },
  { additionalProperties: false },
);
const check = parametersOf(parametersSchema);

/** What is sent becomes the output as it is: nothing is filled in. */
function outputSchema(parameters: JsonObject): JsonSchema {
  const fields = toFormFields(parameters['fields']);
  const sent: JsonSchema = fields.length === 0 ? { type: 'object' } : { ...formSchema(fields) };
  return parameters['on_timeout'] === 'route' ? { ...sent, type: ['object', 'null'] } : sent;
}

async function run(raw: JsonObject, context: ExecutorContext): Promise<Outcome> {
  if (context.signal.aborted) return aborted();
  const checked = check(raw);
  if ('outcome' in checked) return checked.outcome;
  const written = checked.value.fields ?? [];
  const fault = findFormFault(written, toFormFields(written));
  if (fault !== undefined) return failed('invalid_parameters', fault);
  return waitForEvent(checked.value, context, { checkpoint: { waits_for: 'webhook' }, output: null });
}

/** Lets a run wait until another system has sent its data. */
export const webhookReceiver: Executor = {
  name: 'webhook_receiver',
  title: 'Wait for Webhook',
  description: 'Waits until another system has sent its data to this run; what was sent becomes the output.',
  agentPrompt:
    'Use it in the middle of a flow, where another system must answer before the run goes on; to start a run from outside use webhook_receive. fields declares what must be sent: a list of {id, title, data_type, required, options, columns}, data_type as of custom_form_input; without fields any object is taken. ' +
    'The task that asks the other system should come before, and this task depend on it. timeout ("2h", "7d") ends the wait: the task then fails with code timeout, or, with on_timeout route, completes with null by the route timed_out; tasks of the ordinary way then follow depends_on: ["<task>.received"]. It answers exactly what was sent.',
  isInput: false,
  isSchedulable: false,
  parametersSchema: { ...parametersSchema },
  flowInputSchema: null,
  outputSchema,
  routes: () => ['received', TIMED_OUT],
  eventRoutes: () => ['received'],
  defaultReferenceMode: 'single',
  pure: false,
  defaultTimeoutMs: 30_000,
  example: {
    definition: [
      'name: Wait for the warehouse',
      'tasks:',
      '  - name: receive',
      '    task_executor_name: receive_file',
      '    parameters: {}',
      '  - name: stock',
      '    task_executor_name: webhook_receiver',
      '    depends_on: [receive]',
      '    parameters:',
      '      timeout: 2d',
      '      on_timeout: route',
      '      fields:',
      '        - { id: in_stock, data_type: bool, required: true }',
      '        - { id: quantity, data_type: int }',
      '  - name: answer',
      '    task_executor_name: format_data',
      '    depends_on: [stock.received]',
      '    parameters: { template: "{{ stock.quantity }} left" }',
      '  - name: remind',
      '    task_executor_name: format_data',
      '    depends_on: [stock.timed_out]',
      '    parameters: { template: "No word about {{ receive.filename }}" }',
      '',
    ].join('\n'),
    input: { file_key: 'documents/report.pdf' },
    answer: { in_stock: true, quantity: 7 },
  },
  run,
};
